import { and, eq, isNull, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { randomOf } from "../../benchmarks/random.ts";
import { catalog } from "../../workers/db/client.ts";
import { uploadParts, uploads, videos } from "../../workers/db/schema.ts";
import { tasks, transcodes } from "../../workers/db/transcoding-schema.ts";
import { outbox, sweepFailures } from "../../workers/db/upkeep-schema.ts";
import { SCOPES } from "../../workers/contract/scopes.ts";
import { AppError } from "../../workers/domain/errors.ts";
import type { SignedIn } from "../../workers/domain/principal.ts";
import { expireUploads } from "../../workers/jobs/cleanup/expire.ts";
import { emptyOldBins, purgeLeftovers, purgeVideo } from "../../workers/jobs/cleanup/purge.ts";
import { sourceKey } from "../../workers/media/storage-keys.ts";
import { completeUpload } from "../../workers/services/complete-upload.ts";
import { eraseFromBin, restoreVideo } from "../../workers/services/bin.ts";
import { abortUpload } from "../../workers/services/uploads.ts";
import { deleteVideo, retryVideo } from "../../workers/services/videos.ts";
import { gated, newCatalog } from "./gated-database.ts";
import { Interleaver } from "./interleaver.ts";
import { MemoryStorage } from "./memory-storage.ts";

// The runtime provides this module; outside it, nothing waits for work after a response.
vi.mock("cloudflare:workers", () => ({ waitUntil: () => undefined }));

/**
 * The real use cases against each other, one database or storage call at a time in an order that a seed decides, with
 * lost answers and killed Workers. `KINORA_RACES` sets the number of runs, `KINORA_SEED` the first seed; a failure prints
 * its seed and interleaving.
 */
const RUNS = Number(process.env["KINORA_RACES"] ?? 2000);
const FIRST_SEED = Number(process.env["KINORA_SEED"] ?? 1);
const FILE_BYTES = 100;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OLD_AGE_MS = 31 * DAY_MS;

let interleaver: Interleaver | null = null;
const storage = new MemoryStorage(() => interleaver);
const env = {
  CATALOG: gated(newCatalog(), () => interleaver),
  MEDIA: storage.bucket,
  S3_ENDPOINT: "http://s3",
  S3_BUCKET: "bucket",
  S3_ACCESS_KEY_ID: "id",
  S3_SECRET_ACCESS_KEY: "secret",
  CONTENT_KEY_SECRETS: "only-for-tests-only-for-tests-only",
  PLAYBACK_TOKEN_SECRETS: "only-for-tests-only-for-tests-only",
  NORMALIZE_LOUDNESS: "true",
  AUDIO_UPLOADS: "true",
  MAX_RUNNERS: "1",
  SLOTS_PER_RUNNER: "1",
  PASSTHROUGH: "true",
  SECOND_CODEC: "none",
  RETENTION_DAYS: "30",
} as unknown as Parameters<typeof purgeVideo>[0];
const db = catalog(env);
const creator: SignedIn = {
  kind: "user",
  userId: "creator",
  role: "creator",
  scopes: new Set(SCOPES),
  via: "session",
};

beforeAll(() => vi.stubGlobal("fetch", storage.fetch));
afterAll(() => vi.unstubAllGlobals());

/** An open upload whose parts are all stored and recorded. */
async function uploadedParts(name: string, expiresAt: number) {
  const [id, videoId] = [`upload-${name}`, `video-${name}`];
  const key = sourceKey(videoId, id);
  const now = Date.now();
  await db.batch([
    db
      .insert(videos)
      .values({ id: videoId, ownerId: "creator", title: "x", createdAt: now, updatedAt: now }),
    db.insert(uploads).values({
      ...{ id, videoId, ownerId: "creator", filename: "x.mp4", size: FILE_BYTES },
      ...{ contentType: "video/mp4", partSize: FILE_BYTES, partCount: 1, key },
      ...{ multipartId: id, createdAt: now, expiresAt },
    }),
    db.insert(uploadParts).values({ uploadId: id, partNumber: 1, etag: "x" }),
  ]);
  storage.multipart.set(id, FILE_BYTES);
  return { id, videoId, key };
}

type Given = Awaited<ReturnType<typeof uploadedParts>>;

/** Everything that can happen to an upload and its video. */
const ACTIONS = {
  complete: ({ id }: Given) => completeUpload(env, creator, id),
  "complete again": ({ id }: Given) => completeUpload(env, creator, id),
  abort: ({ id }: Given) => abortUpload(env, creator, id),
  expire: () => expireUploads(env),
  "expire again": () => expireUploads(env),
  delete: ({ videoId }: Given) => deleteVideo(env, creator, videoId),
  // The transcoder gives up.
  fail: ({ videoId }: Given) =>
    db.batch([
      db
        .update(videos)
        .set({ state: "failed" })
        .where(and(eq(videos.id, videoId), eq(videos.state, "queued"), isNull(videos.deletedAt))),
      db.update(transcodes).set({ state: "failed" }).where(sql`video_id = ${videoId} AND EXISTS (
          SELECT 1 FROM videos WHERE id = ${videoId} AND videos.version = transcodes.version
            AND videos.state = 'failed' AND deleted_at IS NULL)`),
    ]),
  retry: ({ videoId }: Given) => retryVideo(env, creator, videoId),
  restore: ({ videoId }: Given) => restoreVideo(env, creator, videoId),
  erase: ({ videoId }: Given) => eraseFromBin(env, creator, videoId),
  "old bins": () => emptyOldBins(env, Date.now() + OLD_AGE_MS),
  purge: ({ videoId }: Given) => purgeVideo(env, videoId),
  "purge leftovers": () => purgeLeftovers(env, Date.now() + 2 * HOUR_MS),
};
type Action = keyof typeof ACTIONS;

/** The states in which a race begins: the upload is open, it was completed, or the video is in the bin. */
type Start = "open" | "completed" | "binned";

function chosenStart(random: () => number): Start {
  const chance = random();
  if (chance < 0.6) return "open";
  return chance < 0.75 ? "completed" : "binned";
}

async function begin(start: Start, { id, videoId }: Given): Promise<void> {
  if (start === "open") return;
  await completeUpload(env, creator, id);
  if (start === "binned") await deleteVideo(env, creator, videoId);
}

function chosenActions(random: () => number, start: Start): Action[] {
  const all = Object.keys(ACTIONS) as Action[];
  const chosen = all.filter(() => random() < 0.5);
  return chosen.includes("complete") || start !== "open" ? chosen : ["complete", ...chosen];
}

async function stateOf({ id, videoId, key }: Given) {
  return {
    upload: await db.select().from(uploads).where(eq(uploads.id, id)).get(),
    video: await db.select().from(videos).where(eq(videos.id, videoId)).get(),
    transcodes: await db.select().from(transcodes).where(eq(transcodes.videoId, videoId)),
    tasks: await db.select().from(tasks).where(eq(tasks.videoId, videoId)),
    hasSource: storage.objects.has(key),
    hasParts: storage.multipart.has(id),
  };
}

/** Runs one seed. @returns what happened and what is wrong with it */
async function race(seed: number) {
  const random = randomOf(seed);
  const isExpired = random() < 0.7;
  const given = await uploadedParts(String(seed), Date.now() + (isExpired ? -1000 : HOUR_MS));
  const start = chosenStart(random);
  await begin(start, given);
  const chosen = chosenActions(random, start);
  const scheduler = new Interleaver(random, random() < 0.5 ? 0 : 0.05);
  interleaver = scheduler;
  const actors = chosen.map((action): [string, () => Promise<unknown>] => [
    action,
    async () => ACTIONS[action](given),
  ]);
  const outcomes = await scheduler.run(Object.fromEntries(actors));
  interleaver = null;

  const wrong: string[] = [];
  const mayBeDeleted = start === "binned" || chosen.includes("delete");
  const mayErase = chosen.includes("erase") || chosen.includes("old bins");
  const succeeded = (action: Action) => outcomes.get(action)?.status === "fulfilled";
  const isCompleted = start !== "open" || succeeded("complete") || succeeded("complete again");
  const check = async (when: string) => {
    const { upload, video, hasSource, ...rows } = await stateOf(given);
    if (isCompleted && !(mayBeDeleted && mayErase) && !hasSource)
      wrong.push(`${when}: the source is gone after a success of complete`);
    if (video?.erasedAt === null && upload?.state === "completed" && !hasSource)
      wrong.push(`${when}: the source of a video that was not erased is gone`);
    if (video?.deletedAt === null && rows.transcodes.some(({ state }) => state === "paused"))
      wrong.push(`${when}: the transcode of a video outside the bin rests`);
    if (isCompleted && !mayBeDeleted) {
      if (upload?.state !== "completed") wrong.push(`${when}: the upload is ${upload?.state}`);
      if (video?.deletedAt !== null) wrong.push(`${when}: the video is deleted`);
      if (rows.transcodes.length === 0) wrong.push(`${when}: there is no transcode`);
    }
    if (succeeded("erase") && video?.erasedAt === null)
      wrong.push(`${when}: the video was not erased, but erase succeeded`);
    if (isCompleted && succeeded("abort")) wrong.push(`${when}: both complete and abort succeeded`);
    const ended = upload?.state === "aborted" || upload?.state === "expired";
    if (ended && video?.deletedAt === null) wrong.push(`${when}: the video outlives its upload`);
    if (video?.deletedAt !== null && rows.transcodes.some(({ state }) => state === "active"))
      wrong.push(`${when}: a transcode of a deleted video is active`);
  };
  await check("at the end");
  for (const action of ["complete", "complete again"] as const) {
    const outcome = outcomes.get(action);
    const { upload } = await stateOf(given);
    if (outcome?.status === "rejected" && outcome.reason instanceof AppError) {
      const { code } = outcome.reason;
      if (upload?.state === "completed" && code !== "not_found")
        wrong.push(`${action} answered ${code} for a completed upload`);
      if (upload?.state === "aborted" && code !== "upload_closed" && code !== "not_found")
        wrong.push(`${action} answered ${code} for an aborted upload`);
    }
  }

  // The work of the cron an hour later, when it retries failures and whatever was killed: nothing is left of what
  // ended, and nothing else has changed.
  await db.delete(sweepFailures);
  await expireUploads(env);
  await purgeLeftovers(env, Date.now() + 40 * DAY_MS);
  await check("after the sweep");
  await emptyOldBins(env, Date.now() + OLD_AGE_MS);
  await purgeLeftovers(env, Date.now() + 40 * DAY_MS);
  const { upload, video, hasSource, hasParts, ...rows } = await stateOf(given);
  if (video?.deletedAt !== null) {
    if (hasSource || hasParts) wrong.push("after the sweep: a deleted video's file is stored");
    if (rows.tasks.length > 0) wrong.push("after the sweep: a deleted video has tasks");
  } else if (upload?.state === "open" && isExpired)
    wrong.push("after the sweep: the upload is still open");
  // Rows of earlier races would only slow the next ones down.
  for (const table of [outbox, tasks, transcodes, uploadParts, uploads, videos])
    await db.delete(table);
  return { wrong, start, chosen, trace: scheduler.trace, ended: upload?.state ?? "none" };
}

test(`${RUNS} interleavings: a completed upload keeps its source until its creator deletes it`, async () => {
  const interleavings = new Set<string>();
  const endings = new Map<string, number>();
  let calls = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const { wrong, trace, ended, start, chosen } = await race(seed);
    interleavings.add(trace.map((line) => line.replaceAll(/-\d+/g, "")).join("\n"));
    endings.set(ended, (endings.get(ended) ?? 0) + 1);
    calls += trace.length;
    expect(wrong, `seed ${seed} (${start}: ${chosen.join(", ")})\n${trace.join("\n")}`).toEqual([]);
  }
  console.log(
    `seeds ${FIRST_SEED} to ${FIRST_SEED + RUNS - 1}: ${interleavings.size} different interleavings, ${calls} calls,`,
    `uploads ended: ${[...endings].map(([state, count]) => `${count} ${state}`).join(", ")}`,
  );
  expect(interleavings.size).toBeGreaterThan(RUNS / 2);
}, 600_000);
