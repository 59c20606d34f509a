import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { PartUrls, UploadCreated } from "../../contract/uploads.ts";
import { catalog } from "../../db/client.ts";
import { uploads, videos } from "../../db/schema.ts";
import { transcodes } from "../../db/transcoding-schema.ts";
import { sourceKey } from "../../media/storage-keys.ts";
import { call, newAccount, newVideo, problemOf } from "../../../tests/support/worker/api.ts";
import { LateWrites } from "../../../tests/support/worker/late-writes.ts";
import { expireUploads } from "./expire.ts";
import { emptyOldBins, purgeVideo } from "./purge.ts";

/**
 * The same races as in tests/races, which makes one call at a time; here they run in the real runtime with its own
 * timing. Some rivals need five calls and others two, so one of them would always win if both started together. After
 * each round the winner therefore starts later and the loser earlier, with a seeded jitter, which keeps the race close
 * however busy the computer is.
 */
const MIN_ROUNDS = 10;
const MAX_STEP_MS = 200;
const FILE = { filename: "a.mp4", size: 3, contentType: "video/mp4" };
const BYTES = "abc";
const DAY_MS = 86_400_000;

const db = catalog(env);

interface Raced {
  app: Awaited<ReturnType<typeof newAccount>>["app"];
  videoId: string;
  uploadId: string;
}
type Act = (raced: Raced) => Promise<Response | void>;

/** An upload whose only part is stored and recorded. */
async function uploadedFile(): Promise<Raced> {
  const { app } = await newAccount();
  const upload = UploadCreated.parse(await (await call(app, "POST", "/v1/uploads", FILE)).json());
  const path = `/v1/uploads/${upload.id}`;
  const urls = await call(app, "POST", `${path}/parts`, { partNumbers: [1] });
  const url = PartUrls.parse(await urls.json()).parts[0]?.url ?? "";
  const stored = await fetch(url, { method: "PUT", body: BYTES });
  await call(app, "PUT", `${path}/parts/1`, { etag: stored.headers.get("etag") });
  return { app, videoId: upload.videoId, uploadId: upload.id };
}

/** A video with its source, without the upload that it came from. */
async function storedVideo(change: Partial<typeof videos.$inferInsert>): Promise<Raced> {
  const { app, userId } = await newAccount();
  const uploadId = "upload";
  const videoId = await newVideo(userId, { publishedAt: null, ...change });
  const key = sourceKey(videoId, uploadId);
  await db.update(videos).set({ sourceKey: key }).where(eq(videos.id, videoId));
  await env.MEDIA.put(key, BYTES);
  return { app, videoId, uploadId };
}

/** Repeatable pseudo-random numbers between -0.5 and 0.5. */
function jitterOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
}

const ACTS = {
  complete: ({ app, uploadId }) => call(app, "POST", `/v1/uploads/${uploadId}/complete`),
  abort: ({ app, uploadId }) => call(app, "DELETE", `/v1/uploads/${uploadId}`),
  expiry: async ({ uploadId }) => {
    await db.update(uploads).set({ expiresAt: 1 }).where(eq(uploads.id, uploadId));
    await expireUploads(env);
  },
  delete: ({ app, videoId }) => call(app, "DELETE", `/v1/videos/${videoId}`),
  retry: ({ app, videoId }) => call(app, "POST", `/v1/videos/${videoId}/retry`),
  restore: ({ app, videoId }) => call(app, "POST", `/v1/videos/${videoId}/restore`),
  erase: ({ app, videoId }) => call(app, "DELETE", `/v1/bin/${videoId}`),
  "old bins": () => emptyOldBins(env, Date.now()),
} satisfies Record<string, Act>;

/** The remaining state. A purge, which the queue sends after most of these, may only touch what was erased. */
async function afterwards({ videoId, uploadId }: Raced) {
  await purgeVideo(env, videoId);
  const source = await env.MEDIA.head(sourceKey(videoId, uploadId));
  const video = await db.select().from(videos).where(eq(videos.id, videoId)).get();
  const isActive = and(eq(transcodes.videoId, videoId), eq(transcodes.state, "active"));
  return {
    hasSource: source?.size === FILE.size,
    isDeleted: video?.deletedAt !== null,
    isErased: video?.erasedAt !== null,
    activeTranscodes: Number(await db.$count(transcodes, isActive)),
  };
}
type Left = Awaited<ReturnType<typeof afterwards>>;

interface Race {
  prepare: () => Promise<Raced>;
  rivals: readonly [keyof typeof ACTS, keyof typeof ACTS];
  /** Compares the responses with the remaining state. @returns whether the first rival won */
  judge: (left: Left, first: Response | void, second: Response | void) => Promise<boolean>;
}

async function judgeComplete(
  left: Left,
  completed: Response | void,
  aborted: Response | void,
): Promise<boolean> {
  const isCompleted = completed?.status === 200;
  if (!isCompleted) expect((await problemOf(completed!)).code).toBe("upload_closed");
  if (aborted) expect(aborted.status).toBe(isCompleted ? 409 : 204);
  expect(left).toMatchObject({
    ...{ isDeleted: !isCompleted, isErased: !isCompleted, hasSource: isCompleted },
  });
  return isCompleted;
}

/** Deleted after a success, the video is in the bin with its file. */
async function judgeDeletion(
  left: Left,
  completed: Response | void,
  deleted: Response | void,
): Promise<boolean> {
  expect(deleted?.status).toBe(204);
  expect(left).toMatchObject({ isDeleted: true, activeTranscodes: 0 });
  if (completed?.status === 200) expect(left.isErased).toBe(false);
  expect(left.hasSource).toBe(!left.isErased);
  return !left.isErased;
}

async function judgeRetry(
  left: Left,
  retried: Response | void,
  deleted: Response | void,
): Promise<boolean> {
  expect(deleted?.status).toBe(204);
  expect(left).toEqual({
    ...{ hasSource: true, isDeleted: true, isErased: false, activeTranscodes: 0 },
  });
  return retried?.status === 200;
}

async function judgeRestore(
  left: Left,
  restored: Response | void,
  erased: Response | void,
): Promise<boolean> {
  expect(left.hasSource).toBe(!left.isErased);
  expect(left.isDeleted).toBe(left.isErased);
  expect(restored?.status).toBe(left.isErased ? 404 : 200);
  if (erased) expect(erased.status).toBe(left.isErased ? 204 : 409);
  return !left.isErased;
}

const OLD_AGE_MS = (Number(env.RETENTION_DAYS) + 1) * DAY_MS;
const failedVideo = () => storedVideo({ state: "failed" });
const oldBinned = () => storedVideo({ deletedAt: Date.now() - OLD_AGE_MS });

const RACES: Race[] = [
  { prepare: uploadedFile, rivals: ["complete", "expiry"], judge: judgeComplete },
  { prepare: uploadedFile, rivals: ["complete", "abort"], judge: judgeComplete },
  { prepare: uploadedFile, rivals: ["complete", "delete"], judge: judgeDeletion },
  { prepare: failedVideo, rivals: ["retry", "delete"], judge: judgeRetry },
  { prepare: oldBinned, rivals: ["restore", "erase"], judge: judgeRestore },
  { prepare: oldBinned, rivals: ["restore", "old bins"], judge: judgeRestore },
];

test.each(RACES)(
  "$rivals: whichever succeeds stays in effect, and each of them wins at least once",
  async (race) => {
    const jitter = jitterOf(1);
    const wins = [0, 0];
    /** How many milliseconds later the second rival starts than the first; negative if it starts first. */
    let headStartMs = 0;
    let stepMs = 1;
    let lastWinner = -1;
    for (let round = 0; round < MIN_ROUNDS || wins.includes(0); round++) {
      const raced = await race.prepare();
      const offsetMs = headStartMs + jitter() * stepMs;
      const act = async (index: 0 | 1, delayMs: number) => {
        if (delayMs > 0) await scheduler.wait(delayMs);
        return ACTS[race.rivals[index]](raced);
      };
      const [first, second] = await Promise.all([
        act(0, -offsetMs),
        act(1, offsetMs),
        purgeVideo(env, raced.videoId),
      ]);
      const winner = (await race.judge(await afterwards(raced), first, second)) ? 0 : 1;
      wins[winner]!++;
      stepMs = winner === lastWinner ? Math.min(2 * stepMs, MAX_STEP_MS) : Math.max(stepMs / 2, 1);
      headStartMs += winner === 0 ? -stepMs : stepMs;
      lastWinner = winner;
    }
    expect(wins).not.toContain(0);
    console.log(`${race.rivals.join(" against ")}: won ${wins.join(" and ")}`);
  },
  180_000,
);

test("a complete request that loses the race after joining the parts reports it and deletes the file at once", async () => {
  const { app, videoId, uploadId } = await uploadedFile();
  const late = new LateWrites();
  // No purge has done it in the meantime.
  const lost = { send: async () => {}, sendBatch: async () => {} } as unknown as Queue;
  const bindings = { ...env, ...late.bindings(env), EVENTS: lost };
  const ctx = createExecutionContext();
  const path = `/v1/uploads/${uploadId}`;
  const completing = app.request(`${path}/complete`, { method: "POST" }, bindings, ctx);
  await late.reached;
  expect(await env.MEDIA.head(sourceKey(videoId, uploadId))).not.toBeNull();
  const aborting = createExecutionContext();
  const aborted = await app.request(path, { method: "DELETE" }, { ...env, EVENTS: lost }, aborting);
  await waitOnExecutionContext(aborting);
  expect(aborted.status).toBe(204);
  late.release();
  const { status, code, detail } = await problemOf(await completing);
  expect({ status, code }).toEqual({ status: 409, code: "upload_closed" });
  expect(detail).toContain("aborted");
  await waitOnExecutionContext(ctx);
  expect(await env.MEDIA.head(sourceKey(videoId, uploadId))).toBeNull();
});
