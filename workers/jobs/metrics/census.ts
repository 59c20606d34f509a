import { sumVideos } from "../../db/census.ts";
import { catalog } from "../../db/client.ts";
import { type Census, readCensus, saveCensus } from "../../db/metrics/census.ts";
import { estimatedBytes } from "../../domain/usage-cost.ts";

const VIDEOS_PER_PAGE = 2000;
/** Per run of the cron, which comes each minute: a million videos take fifty minutes. */
const PAGES_PER_RUN = 10;
const INTERVAL_MS = 6 * 3_600_000;

const NOTHING = { seconds: 0, sourceBytes: 0, measuredSourceBytes: 0, measuredBytes: 0 };

/**
 * Adds up the duration and storage of all videos, four times per day, in passes by pages, because no request may sum up
 * a whole table. Sizes measured by the nightly comparison of storage are used directly; for other videos, the bytes are
 * estimated from their sources.
 */
export async function takeCensus(
  env: Pick<Env, "CATALOG" | "METRICS">,
  now: number,
): Promise<void> {
  const before = await readCensus(env);
  if (before && before.cursor === null && now - before.startedAt < INTERVAL_MS) return;
  const last = { lastMinutes: before?.lastMinutes ?? null, lastBytes: before?.lastBytes ?? null };
  let census: Census =
    before && before.cursor !== null ? before : { startedAt: now, cursor: 0, ...NOTHING, ...last };
  const db = catalog(env);
  for (let page = 0; page < PAGES_PER_RUN && census.cursor !== null; page++) {
    const sums = await sumVideos(db, census.cursor, VIDEOS_PER_PAGE);
    census = added(census, sums, sums.rows < VIDEOS_PER_PAGE ? null : sums.last);
  }
  await saveCensus(env, census);
}

function added(
  census: Census,
  sums: Awaited<ReturnType<typeof sumVideos>>,
  cursor: number | null,
): Census {
  const all: Census = {
    ...census,
    cursor,
    seconds: census.seconds + sums.seconds,
    sourceBytes: census.sourceBytes + sums.sourceBytes,
    measuredSourceBytes: census.measuredSourceBytes + sums.measuredSourceBytes,
    measuredBytes: census.measuredBytes + sums.measuredBytes,
  };
  if (cursor !== null) return all;
  return { ...all, lastMinutes: all.seconds / 60, lastBytes: estimatedBytes(all) };
}
