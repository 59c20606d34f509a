import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq, like } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import type { Video } from "../../contract/videos.ts";
import { runBatch } from "../../db/client.ts";
import { findStorageCheck, readReconciliation } from "../../db/storage-checks.ts";
import { videos } from "../../db/schema.ts";
import { transcodes } from "../../db/transcoding-schema.ts";
import { outbox, reconciliation } from "../../db/upkeep-schema.ts";
import { deletionStatements } from "../../db/videos.ts";
import { newId } from "../../domain/id.ts";
import { handleMedia } from "../../media/gate.ts";
import { issuePlaybackToken } from "../../media/playback-token.ts";
import { mediaCatalog } from "../../services/media-catalog.ts";
import { call, newAccount } from "../../../tests/support/worker/api.ts";
import {
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { checkVideo } from "./check-video.ts";
import { collectLeftovers } from "../tasks/collect.ts";
import { syncDownloads } from "../tasks/downloads.ts";
import { hashSource } from "./hash-source.ts";
import { reconcileStorage } from "./reconcile.ts";

beforeEach(async () => {
  await stopEverything();
  await db.delete(reconciliation);
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const context = jobContext();

/** A ready video whose sweep is done. */
async function readyVideo() {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  await work();
  await collectLeftovers(context, Date.now() + 2 * HOUR_MS);
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 1 });
  const shown = async () => (await call(account.app, "GET", `/v1/videos/${id}`)).json<Video>();
  return { id, account, shown };
}

const keysOf = async (prefix: string) =>
  (await env.MEDIA.list({ prefix })).objects.map(({ key }) => key);

async function segmentOf(id: string): Promise<string> {
  const key = (await keysOf(`${id}/1/h264-720/`)).find((one) => one.endsWith(".m4s"));
  if (!key) throw new Error("no segment");
  return key;
}

test("a video whose objects are all there stays as it is", async () => {
  const { id } = await readyVideo();
  const before = await videoRow(id);
  await checkVideo(context, id, Date.now());
  expect(await videoRow(id)).toEqual(before);
  expect(await findStorageCheck(db, id)).toMatchObject({ problem: null, repairs: 0 });
});

test.each(["missing", "too short", "damaged"])(
  "a video with a segment that is %s is encoded again from its source, and the old version is deleted",
  async (fault) => {
    const { id, shown } = await readyVideo();
    const segment = await segmentOf(id);
    if (fault === "missing") await env.MEDIA.delete(segment);
    else if (fault === "too short") await env.MEDIA.put(segment, "short");
    else {
      // The storage returns other bytes than were stored, whichever segment is read.
      const bucket = { get: readDamaged, list: env.MEDIA.list.bind(env.MEDIA) };
      const damaged = { ...context, env: { ...env, MEDIA: bucket as unknown as R2Bucket } };
      await checkVideo(damaged, id, Date.now());
    }
    await checkVideo(context, id, Date.now());
    expect(await videoRow(id)).toMatchObject({ state: "queued", version: 2 });
    expect((await shown()).problem).toMatchObject({ code: "being_remade" });
    await work();
    expect(await videoRow(id)).toMatchObject({ state: "ready", version: 2 });
    expect((await shown()).problem).toBeNull();
    await collectLeftovers(context, Date.now() + 2 * HOUR_MS);
    expect(await keysOf(`${id}/1/`)).toEqual([]);
    expect(await keysOf(`${id}/2/`)).not.toEqual([]);
  },
);

async function readDamaged(key: string, options?: R2GetOptions) {
  const object = await env.MEDIA.get(key, options);
  if (!object || (!key.endsWith(".m4s") && !key.endsWith(".mp4"))) return object;
  await object.body.cancel();
  const { checksums } = object;
  return { checksums, arrayBuffer: async () => new TextEncoder().encode("other").buffer };
}

test("a viewer's request for a lost segment starts the repair at once", async () => {
  const { id } = await readyVideo();
  const segment = await segmentOf(id);
  await env.MEDIA.delete(segment);
  const { token } = await issuePlaybackToken(env, {
    ...{ videoId: id, version: 1, sessionId: newId(), expiresIn: 60 },
  });
  const ctx = createExecutionContext();
  const url = `https://kinora.example/media/${token}/${segment}`;
  const request = new Request(url) as Parameters<typeof handleMedia>[0];
  const { pathname } = new URL(request.url);
  const delivery = { env, ctx, catalog: mediaCatalog(env) } as Parameters<typeof handleMedia>[2];
  expect((await handleMedia(request, pathname, delivery)).status).toBe(404);
  await vi.waitFor(async () => expect((await videoRow(id)).version).toBe(2), { timeout: 100_000 });
});

test("a lost source is reported to the creator only", async () => {
  const { id, shown } = await readyVideo();
  const { sourceKey } = await videoRow(id);
  await env.MEDIA.delete(sourceKey ?? "");
  const written = vi.spyOn(console, "error");
  await checkVideo(context, id, Date.now());
  const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)) as object);
  written.mockRestore();
  expect(lines).toContainEqual(expect.objectContaining({ event: "storage.lost", videoId: id }));
  expect(await shown()).toMatchObject({ state: "ready", problem: { code: "source_lost" } });
  const other = await newAccount();
  const seen = await (await call(other.app, "GET", `/v1/videos/${id}`)).json<Video>();
  expect([seen.problem, seen.source]).toEqual([null, null]);

  await env.MEDIA.delete(await segmentOf(id));
  await checkVideo(context, id, Date.now());
  expect(await shown()).toMatchObject({ state: "ready", problem: { code: "media_lost" } });
});

test("a lost poster, playlist or owner is restored without another encode", async () => {
  const { id } = await readyVideo();
  const { posterPath, publication } = await videoRow(id);
  await env.MEDIA.delete([
    `${id}/1/${posterPath}`,
    `${id}/1/p${publication}/multivariant.m3u8`,
    `${id}/owner`,
  ]);
  await checkVideo(context, id, Date.now());
  await work();
  const row = await videoRow(id);
  expect(row).toMatchObject({ state: "ready", version: 1 });
  const keys = await keysOf(`${id}/`);
  expect(keys).toContain(`${id}/1/${row.posterPath}`);
  expect(keys).toContain(`${id}/1/p${row.publication}/multivariant.m3u8`);
  expect(keys).toContain(`${id}/owner`);
  expect((await taskRows(id)).filter(({ kind }) => kind === "plan")).toEqual([]);
});

test("a lost download is made again", async () => {
  const { id } = await readyVideo();
  await db.update(videos).set({ downloadsEnabled: true }).where(eq(videos.id, id));
  await syncDownloads(env, id);
  await work();
  const downloads = async () =>
    (await keysOf(`${id}/1/files/`)).filter((key) => key.endsWith("/video.mp4"));
  const lost = await downloads();
  expect(lost).toHaveLength(1);
  await env.MEDIA.delete(lost);
  await checkVideo(context, id, Date.now());
  // The work that its message requests.
  await syncDownloads(env, id);
  await work();
  expect(await downloads()).toHaveLength(1);
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 1 });
});

test("a video that keeps losing objects is not encoded again without limit", async () => {
  const { id, shown } = await readyVideo();
  for (let version = 1; version < 5; version++) {
    const keys = await keysOf(`${id}/${version}/h264-360/`);
    await env.MEDIA.delete(keys);
    await checkVideo(context, id, Date.now());
    await work();
  }
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 4 });
  expect((await shown()).problem?.code).toBe("media_lost");
});

test("an uploaded file gets a SHA-256 that its creator sees and that later reads must match", async () => {
  const { id, shown } = await readyVideo();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("the source"));
  const expected = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
  await hashSource(env, id, Date.now());
  expect((await shown()).source).toMatchObject({
    sha256: expected.join(""),
    checkedAt: expect.any(String),
  });

  const { sourceKey } = await videoRow(id);
  await env.MEDIA.put(sourceKey ?? "", "the sourcE");
  await hashSource(env, id, Date.now() + DAY_MS);
  await checkVideo(context, id, Date.now() + DAY_MS);
  expect((await shown()).problem?.code).toBe("source_changed");
  await env.MEDIA.put(sourceKey ?? "", "the source");
  await hashSource(env, id, Date.now() + 2 * DAY_MS);
  expect((await shown()).problem).toBeNull();
});

test("the source of a video in the bin is read once the video is restored", async () => {
  const { id, account, shown } = await readyVideo();
  await call(account.app, "DELETE", `/v1/videos/${id}`);
  await db.delete(outbox);
  await hashSource(env, id, Date.now());
  expect((await findStorageCheck(db, id))?.sourceSha256 ?? null).toBeNull();
  await call(account.app, "POST", `/v1/videos/${id}/restore`);
  const asked = and(like(outbox.body, "%hash-source%"), like(outbox.body, `%${id}%`));
  expect(await db.select().from(outbox).where(asked)).toHaveLength(1);
  await hashSource(env, id, Date.now());
  expect((await shown()).source?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("unreferenced objects are deleted after a grace period, and those of the video stay", async () => {
  const { id } = await readyVideo();
  const before = await keysOf(`${id}/`);
  const orphans = [
    `${id}/1/h264-720/0.9/00000.m4s`,
    `sources/${id}/other`,
    `captions/${id}/x.1.vtt`,
  ];
  for (const key of orphans) await env.MEDIA.put(key, "orphan");
  const now = Date.now();
  const left = async () =>
    (await Promise.all(orphans.map((key) => env.MEDIA.head(key)))).filter(Boolean).length;
  await checkVideo(context, id, now + 2 * DAY_MS);
  await checkVideo(context, id, now + 8 * DAY_MS);
  expect(await left()).toBe(3);
  await checkVideo(context, id, now + 10 * DAY_MS);
  expect(await left()).toBe(0);
  expect(await keysOf(`${id}/`)).toEqual(before);
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 1 });
});

test("the runs of a night compare everything, continue where the last one ended, and find objects of unknown videos", async () => {
  const { id } = await readyVideo();
  const unknown = newId();
  const strange = "not-an-id/file";
  for (const key of [`${unknown}/1/x`, `sources/${unknown}/x`, strange])
    await env.MEDIA.put(key, "x");
  await env.MEDIA.delete(await segmentOf(id));
  // The beginning of a night, when the run has enough time to do everything itself.
  let now = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS + 2 * HOUR_MS;

  // The sources are not read, because that would continue after the end of the test.
  const CHECKSUMS = { send: async () => {}, sendBatch: async () => {} } as unknown as Queue;
  const night = { ...context, env: { ...env, CHECKSUMS } as Env };
  // Each run of the cron does one step.
  const places = new Set<string>();
  for (let run = 0; run < 2000; run++) {
    await reconcileStorage(night, now, 1);
    const place = await readReconciliation(db);
    places.add(`${place?.phase} ${place?.cursor}`);
    if (place?.completedAt) break;
    // Other tests may have left more videos than one night compares.
    if (place?.quota === 0) now += DAY_MS;
  }
  expect((await readReconciliation(db))?.completedAt).not.toBeNull();
  expect(places.size).toBeGreaterThan(3);
  expect(await videoRow(id)).toMatchObject({ version: 2 });
  expect(await keysOf(`${unknown}/`)).toHaveLength(1);

  // They are deleted a week later.
  for (let day = 8; day < 16 && (await keysOf(`sources/${unknown}/`)).length > 0; day++)
    await reconcileStorage(night, now + day * DAY_MS, 60_000);
  expect(await keysOf(`${unknown}/`)).toEqual([]);
  expect(await keysOf(`sources/${unknown}/`)).toEqual([]);
  expect(await keysOf(strange)).toHaveLength(1);
});

test("videos in the bin or with a running transcode are left alone", async () => {
  const { id } = await readyVideo();
  await env.MEDIA.delete(await segmentOf(id));
  await runBatch(db, deletionStatements(db, [id]));
  await checkVideo(context, id, Date.now());
  expect(await videoRow(id)).toMatchObject({ version: 1 });

  const busy = await queuedVideo();
  await db.update(videos).set({ state: "processing" }).where(eq(videos.id, busy));
  await env.MEDIA.put(`${busy}/1/h264-720/0.1/00000.m4s`, "x");
  await checkVideo(context, busy, Date.now() + 30 * DAY_MS);
  expect(await keysOf(`${busy}/`)).toHaveLength(1);
  await db.update(transcodes).set({ state: "failed" }).where(eq(transcodes.videoId, busy));
});
