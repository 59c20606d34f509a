import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { eraseVideos } from "../../db/bin.ts";
import { runBatch } from "../../db/client.ts";
import { deletionStatements } from "../../db/videos.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  db,
  queuedVideo,
  stopEverything,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { purgeLeftovers, purgeVideo } from "./purge.ts";

beforeEach(stopEverything);

const HOUR_MS = 3_600_000;
const objectsOf = async (id: string) => (await env.MEDIA.list({ prefix: `${id}/` })).objects.length;

test("an attempt that stores files after its video was purged leaves nothing behind", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1).on("video", async function* (request) {
    await runBatch(db, [...deletionStatements(db, [id]), ...eraseVideos(db, [id], Date.now())]);
    await purgeVideo(env, id);
    // The attempt does not know that yet, and its token is still valid.
    yield* ScriptedTranscoder.performSilently(request);
  });
  await work(transcoder);
  expect(await objectsOf(id)).toBeGreaterThan(0);

  await purgeLeftovers(env, Date.now());
  expect(await objectsOf(id)).toBeGreaterThan(0);
  expect((await videoRow(id)).purgedAt).toBeNull();

  await purgeLeftovers(env, Date.now() + 2 * HOUR_MS);
  expect(await objectsOf(id)).toBe(0);
  expect((await videoRow(id)).purgedAt).not.toBeNull();
});

test("a video that was not deleted keeps everything", async () => {
  const id = await queuedVideo();
  await work();
  const before = await objectsOf(id);
  await purgeVideo(env, id);
  await purgeLeftovers(env, Date.now() + 2 * HOUR_MS);
  expect(await objectsOf(id)).toBe(before);
});
