import { handOverVideos, countWaiting } from "../../db/outbox.ts";
import { statementsLeft } from "../../db/statement-count.ts";
import {
  type Reconciliation,
  readReconciliation,
  saveReconciliation,
  storedVideos,
} from "../../db/storage-checks.ts";
import { countEver } from "../../db/videos.ts";
import {
  MAX_MESSAGES_PER_RUN,
  messagesToHandOver,
  nightOf,
  quotaOf,
  VIDEOS_PER_MESSAGE,
} from "../../domain/comparison-pace.ts";
import { log } from "../../log.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { compareVideos } from "./compare-videos.ts";
import type { JobContext } from "../job-context.ts";
import { findUnknownObjects } from "./unknown-objects.ts";

/** Limits of one run of the cron. */
const RUN_BUDGET_MS = 10_000;
const VIDEOS_PER_PAGE = 4;
/** A video takes about ten statements, and twice as many if it has to be repaired. */
const STATEMENTS_PER_STEP = 90;
/** While more messages wait, nothing is handed over: their consumers are behind. */
const MAX_WAITING = 4 * MAX_MESSAGES_PER_RUN;

const PHASES = ["videos", "objects", "sources", "captions"] as const;
/** The prefix of the video ids in the keys, for each phase except the first. */
const PREFIXES = { objects: "", sources: "sources/", captions: "captions/" } as const;

/**
 * Compares R2 with the catalogue, a part each night: first every video with its objects (check-video.ts), then the ids
 * of objects in the bucket with the videos. Its position is one row that each step advances, so that it continues where
 * a run ended, and two concurrent runs never do the same work. For a large catalogue, a run hands videos over to a
 * queue, so that a round takes a month for any number of videos (domain/comparison-pace.ts).
 */
export async function reconcileStorage(
  context: JobContext,
  now: number,
  budgetMs = RUN_BUDGET_MS,
): Promise<void> {
  const deadline = Date.now() + budgetMs;
  let place = await beginNight(context, now);
  if (place?.phase === "videos") place = await handOver(context, place, now);
  while (place && place.quota > 0) {
    // One step at least, however slow the database is.
    place = await moveOn(context, place, now);
    if (Date.now() >= deadline || statementsLeft() < STATEMENTS_PER_STEP) return;
  }
}

async function beginNight({ db }: JobContext, now: number): Promise<Reconciliation | null> {
  const place = await readReconciliation(db);
  const night = nightOf(now);
  if (place && place.night >= night) return place;
  const quota = quotaOf(await countEver(db));
  const start = { phase: PHASES[0], cursor: "", startedAt: now, completedAt: null };
  const next = { ...(place ?? start), night, quota };
  return (await saveReconciliation(db, place, next)) ? readReconciliation(db) : null;
}

/**
 * Hands the videos that this run cannot compare over to the queue.
 * @returns the new position, or null if another run has taken over
 */
async function handOver(
  context: JobContext,
  place: Reconciliation,
  now: number,
): Promise<Reconciliation | null> {
  const { db, env } = context;
  const messages = messagesToHandOver(place.quota, now);
  if (messages === 0 || (await countWaiting(db, MAX_WAITING)) >= MAX_WAITING) return place;
  const limit = Math.min(place.quota, messages * VIDEOS_PER_MESSAGE);
  const ids = await storedVideos(db, place.cursor, limit);
  const slices = Array.from({ length: Math.ceil(ids.length / VIDEOS_PER_MESSAGE) }, (_, index) =>
    ids.slice(index * VIDEOS_PER_MESSAGE, (index + 1) * VIDEOS_PER_MESSAGE),
  );
  if (slices.length > 0) await handOverVideos(db, slices, now);
  await relayOutbox(env);
  return movePlace(context, place, pageOf(ids, limit), now);
}

/** One step. @returns the new place, or null if another run has taken over */
async function moveOn(
  context: JobContext,
  place: Reconciliation,
  now: number,
): Promise<Reconciliation | null> {
  if (place.phase !== "videos") {
    const cursor = await findUnknownObjects(context, PREFIXES[place.phase], place.cursor, now);
    return movePlace(context, place, { cursor, done: 1 }, now);
  }
  const limit = Math.min(VIDEOS_PER_PAGE, place.quota);
  const ids = await storedVideos(context.db, place.cursor, limit);
  await compareVideos(context, ids, now);
  return movePlace(context, place, pageOf(ids, limit), now);
}

interface Step {
  /** Where to continue; null at the end of the phase. */
  cursor: string | null;
  done: number;
}

const pageOf = (ids: readonly string[], limit: number): Step => ({
  cursor: ids.length < limit ? null : (ids.at(-1) ?? null),
  done: ids.length,
});

async function movePlace(
  context: JobContext,
  place: Reconciliation,
  step: Step,
  now: number,
): Promise<Reconciliation | null> {
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
  // The next round starts next night.
  const times = { completedAt: place.startedAt, startedAt: now };
  return { ...place, ...times, phase: PHASES[0], cursor: "", quota: 0 };
}
