import { catalog, runBatch } from "../db/client.ts";
import { enqueueEvent } from "../db/outbox.ts";
import { statementsLeft } from "../db/statement-count.ts";
import {
  findStorageCheck,
  forgetStorageCheck,
  noteOrphans,
  purgeAgain,
  type Reconciliation,
  readReconciliation,
  saveReconciliation,
  storedVideos,
  unknownAmong,
} from "../db/storage-checks.ts";
import { countEver } from "../db/videos.ts";
import { log } from "../log.ts";
import { deletePrefix } from "../media/objects.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../media/storage-keys.ts";
import { relayOutbox } from "../services/outbox.ts";
import { checkVideo } from "./check-video.ts";
import type { JobContext } from "./job-context.ts";
import { ORPHAN_GRACE_MS } from "./orphans.ts";

const DAY_MS = 86_400_000;
/** A night begins at two o'clock UTC. What is left of its share is done by the next runs, also by day. */
const NIGHT_STARTS_MS = 2 * 3_600_000;
/** Every video is looked at within this many nights, and a small site as a whole in each. */
const NIGHTS_PER_ROUND = 28;
const MIN_VIDEOS_PER_NIGHT = 500;
/** What one run of the cron may take. */
const RUN_BUDGET_MS = 10_000;
const VIDEOS_PER_PAGE = 4;
/** A video takes some ten statements, and twice as many if it has to be repaired. */
const STATEMENTS_PER_STEP = 90;
/** Of these videos, the whole source is read and its checksum compared. */
const SAMPLED_SOURCES = 1 / 8;

const PHASES = ["videos", "objects", "sources", "captions"] as const;
/** Where the ids of videos are in the keys of each phase but the first. */
const PREFIXES = { objects: "", sources: "sources/", captions: "captions/" } as const;

/**
 * Compares R2 with the catalogue, each night a part: first every video with its objects (check-video.ts), then the ids that
 * the bucket has objects of with the videos. Its place is one row, which each step moves on, so that it goes on wherever a
 * run ended, and two runs at once do not do the same.
 */
export async function reconcileStorage(
  context: JobContext,
  now: number,
  budgetMs = RUN_BUDGET_MS,
): Promise<void> {
  const deadline = Date.now() + budgetMs;
  let place = await beginNight(context, now);
  while (place && place.quota > 0) {
    // One step at least, however slow the database is.
    place = await moveOn(context, place, now);
    if (Date.now() >= deadline || statementsLeft() < STATEMENTS_PER_STEP) return;
  }
}

async function beginNight({ db }: JobContext, now: number): Promise<Reconciliation | null> {
  const place = await readReconciliation(db);
  const night = Math.floor((now - NIGHT_STARTS_MS) / DAY_MS);
  if (place && place.night >= night) return place;
  const share = Math.ceil((await countEver(db)) / NIGHTS_PER_ROUND);
  const quota = Math.max(MIN_VIDEOS_PER_NIGHT, share);
  const start = { phase: PHASES[0], cursor: "", startedAt: now, completedAt: null };
  const next = { ...(place ?? start), night, quota };
  return (await saveReconciliation(db, place, next)) ? readReconciliation(db) : null;
}

/** One step. @returns the new place, or null if another run has taken over */
async function moveOn(
  context: JobContext,
  place: Reconciliation,
  now: number,
): Promise<Reconciliation | null> {
  const step =
    place.phase === "videos"
      ? await compareVideos(context, place.cursor, Math.min(VIDEOS_PER_PAGE, place.quota), now)
      : await compareIds(context, PREFIXES[place.phase], place.cursor, now);
  const quota = place.quota - step.done;
  const { cursor: end } = step;
  const next =
    end === null ? nextPhase({ ...place, quota }, now) : { ...place, quota, cursor: end };
  const { phase, cursor, night, completedAt, startedAt } = next;
  const moved = { phase, cursor, night, quota: next.quota, completedAt, startedAt };
  if (!(await saveReconciliation(context.db, place, moved))) return null;
  return { ...moved, id: place.id };
}

function nextPhase(place: Reconciliation, now: number) {
  const phase = PHASES[PHASES.indexOf(place.phase) + 1];
  if (phase) return { ...place, phase, cursor: "" };
  log("storage.reconciled", { hours: (now - place.startedAt) / 3_600_000 });
  // The next round begins next night.
  const times = { completedAt: place.startedAt, startedAt: now };
  return { ...place, ...times, phase: PHASES[0], cursor: "", quota: 0 };
}

interface Step {
  /** Where to go on; null at the end of the phase. */
  cursor: string | null;
  done: number;
}

async function compareVideos(
  context: JobContext,
  after: string,
  limit: number,
  now: number,
): Promise<Step> {
  const { db, env } = context;
  const ids = await storedVideos(db, after, limit);
  for (const id of ids) {
    await checkVideo(context, id, now).catch((error: unknown) =>
      log("sweep.item-failed", { step: "reconcile", item: id, error: String(error) }),
    );
    const isHashed = (await findStorageCheck(db, id))?.sourceSha256;
    if (!isHashed || Math.random() < SAMPLED_SOURCES)
      await runBatch(db, [enqueueEvent(db, { kind: "hash-source", videoId: id }, now)]);
  }
  await relayOutbox(env);
  return { cursor: ids.length < limit ? null : (ids.at(-1) ?? null), done: ids.length };
}

/** Looks for objects of videos that do not exist, or were purged. */
async function compareIds(
  { db, env }: JobContext,
  prefix: string,
  cursor: string,
  now: number,
): Promise<Step> {
  const page = await env.MEDIA.list({
    prefix,
    delimiter: "/",
    ...(cursor !== "" && { cursor }),
  });
  const ids = page.delimitedPrefixes
    .map((folder) => folder.slice(prefix.length, -1))
    .filter((id) => /^[0-9A-Za-z]{22}$/.test(id));
  const { unknown, purged } = await unknownAmong(db, ids);
  await purgeAgain(db, purged);
  for (const id of unknown) await removeUnknown({ db, env }, id, now);
  return { cursor: page.truncated ? page.cursor : null, done: 1 };
}

async function removeUnknown(
  { db, env }: Pick<JobContext, "db" | "env">,
  videoId: string,
  now: number,
): Promise<void> {
  const since = (await findStorageCheck(db, videoId))?.orphansSince ?? null;
  if (since === null) {
    log("storage.orphans-found", { videoId });
    return noteOrphans(db, videoId, now);
  }
  if (since > now - ORPHAN_GRACE_MS) return;
  for (const prefix of [videoPrefix(videoId), sourcesPrefix(videoId), captionsPrefix(videoId)])
    await deletePrefix(env, prefix);
  await runBatch(catalog(env), [forgetStorageCheck(db, videoId)]);
  log("storage.orphans-removed", { videoId });
}
