import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { call, newAccount, newVideo, problemOf } from "../../tests/support/worker/api.ts";
import { UploadCreated } from "../contract/uploads.ts";
import { Video } from "../contract/videos.ts";
import { catalog, runBatch } from "../db/client.ts";
import { clearMedia } from "../db/transcoding/publications.ts";
import { listTasks } from "../db/transcoding/tasks.ts";
import { startTranscode } from "../db/transcoding/transcodes.ts";
import { tasks } from "../db/transcoding-schema.ts";
import { noticeSentence } from "../domain/notices.ts";
import { planSettings, planTask } from "../domain/tasks/plan-settings.ts";
import { newContentKey } from "../media/content-key.ts";

const db = catalog(env);
const plan = planTask(planSettings(env), false);

/** Starts the transcode of a video. @returns the id and spec of its plan task */
async function begin(id: string, ownerId: string) {
  const contentKey = await newContentKey(env);
  const video = { id, ownerId, version: 1, sourceKey: `sources/${id}/x`, contentKey };
  await runBatch(db, startTranscode(db, video, plan));
  const isPlan = and(eq(tasks.videoId, id), eq(tasks.kind, "plan"));
  return db.select({ id: tasks.id, spec: tasks.spec }).from(tasks).where(isPlan).get();
}

test("a creator can request with the upload that a video is always encoded", async () => {
  const { app, userId } = await newAccount();
  const file = { filename: "a.mp4", size: 1, contentType: "video/mp4", alwaysEncode: true };
  const upload = UploadCreated.parse(await (await call(app, "POST", "/v1/uploads", file)).json());
  const shown = await call(app, "GET", `/v1/videos/${upload.videoId}`);
  expect(Video.parse(await shown.json()).alwaysEncode).toBe(true);
  const task = await begin(upload.videoId, userId);
  expect(task?.spec).toMatchObject({ settings: { passthrough: true, alwaysEncode: true } });
});

test("the choice can be changed until the video is transcoded, and before a failed one is retried", async () => {
  const { app, userId } = await newAccount();
  const failed = await newVideo(userId, { state: "failed" });
  const changed = await call(app, "PATCH", `/v1/videos/${failed}`, { alwaysEncode: true });
  expect(await changed.json()).toMatchObject({ alwaysEncode: true });
  const ready = await newVideo(userId, { state: "ready" });
  const refused = await call(app, "PATCH", `/v1/videos/${ready}`, { alwaysEncode: true });
  expect(await problemOf(refused)).toMatchObject({ code: "conflict" });
  expect((await begin(ready, userId))?.spec).toMatchObject({ settings: { alwaysEncode: false } });
});

test("the timeline shows that audio is published unchanged, also after its playlists are written", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, {});
  const task = await begin(id, userId);
  const notices = [{ code: "audio_copied" as const, track: "English" }];
  await db
    .update(tasks)
    .set({ kind: "audio", state: "done", result: { kind: "media", outputs: {}, notices } })
    .where(eq(tasks.id, task?.id ?? ""));
  const version = { videoId: id, version: 1 };
  await runBatch(db, [clearMedia(db, { ...version, stage: "publish" })]);
  const [row] = await listTasks(db, version);
  expect(row?.notices.map(noticeSentence)).toEqual([
    'The audio track "English" is published as it is, without being encoded again.',
  ]);
});
