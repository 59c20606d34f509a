import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { METRICS } from "../scripts/dev/local-databases.ts";
import type { AudienceMessage } from "../workers/contract/messages.ts";
import { foldAudience, keepAudienceMessages } from "../workers/db/metrics/audience-inbox.ts";
import type { MetricsEnv } from "../workers/db/metrics/inbox.ts";
import { DAY_MS } from "../workers/domain/audience/audience-sums.ts";
import { newId } from "../workers/domain/id.ts";
import { bytesOf } from "./catalog-rows.ts";
import { SqliteD1 } from "./sim/sqlite.ts";

const VIDEOS = 2000;
/** Every creator has this many videos that are watched. */
const VIDEOS_PER_CREATOR = 10;
/** The values of a video on one day, as from some dozen views on phones and computers in a few countries. */
const VALUES = [
  ...["home", "search", "related", "direct"].map((value) => ["source", value] as const),
  ...["phone", "desktop", "tv"].map((value) => ["device", value] as const),
  ...["DE", "FR", "US", "BR"].map((value) => ["country", value] as const),
  ...["on", "off"].map((value) => ["captions", value] as const),
  ["search", "walk along the river"] as const,
];
const MINUTES = 20;

/** METRICS after its migrations. */
function openMetrics(): { sqlite: DatabaseSync; env: MetricsEnv } {
  const sqlite = new DatabaseSync(":memory:");
  for (const file of globSync("*.sql", { cwd: METRICS.migrations }).toSorted())
    sqlite.exec(readFileSync(join(METRICS.migrations, file), "utf8"));
  const real = new SqliteD1(sqlite);
  const binding = {
    prepare: (sql: string) => real.prepare(sql),
    batch: async (statements: Parameters<SqliteD1["batch"]>[0]) =>
      (await real.batch(statements)).map((result) => ({ ...result, meta: { changes: 0 } })),
  };
  return { sqlite, env: { METRICS: binding } as unknown as MetricsEnv };
}

/**
 * The size of the creators' analytics in METRICS, through the product's code: per video and day with views, and per
 * minute, with the share of its creator's rows. The messages are deleted, as the product does after an hour.
 */
export async function audienceBytes(): Promise<Record<string, number>> {
  const { sqlite, env } = openMetrics();
  const day = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const videos = Array.from({ length: VIDEOS }, () => newId());
  const owners = Array.from({ length: VIDEOS / VIDEOS_PER_CREATOR }, () => newId());

  async function watch(minutes: readonly number[], isFirst: boolean): Promise<number> {
    const before = bytesOf(sqlite);
    const messages = videos.map((videoId, index): Omit<AudienceMessage, "kind"> => ({
      id: newId(),
      at: day,
      videos: [
        {
          videoId,
          ownerId: owners[index % owners.length] ?? "",
          minutes: minutes.map((minute) => [day + minute * 60_000, 1, 1, 45.5, 1, 412, 20]),
          values: isFirst ? VALUES.map(([name, value]) => [day, name, value, 3, 612.5]) : [],
          curves: isFirst
            ? [[day, 12, Array.from({ length: 100 }, (_, at) => 120 - at), Array(100).fill(97)]]
            : [],
        },
      ],
    }));
    await keepAudienceMessages(env, messages);
    const count = () =>
      Number(
        sqlite.prepare("SELECT count(*) AS n FROM audience_inbox WHERE folded_at IS NULL").get()?.[
          "n"
        ],
      );
    while (count() > 0) await foldAudience(env, day);
    sqlite.exec("DELETE FROM audience_inbox");
    return bytesOf(sqlite) - before;
  }

  const first = await watch([0], true);
  const more = await watch(
    Array.from({ length: MINUTES }, (_, minute) => minute + 1),
    false,
  );
  const perMinute = more / VIDEOS / MINUTES;
  return {
    "bytes of METRICS per video and day": first / VIDEOS - perMinute,
    "bytes of METRICS per video and minute": perMinute,
  };
}
