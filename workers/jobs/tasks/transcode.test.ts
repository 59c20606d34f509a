import { and, isNull, like } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { Publication } from "../../contract/publications.ts";
import { outbox } from "../../db/upkeep-schema.ts";
import { newId } from "../../domain/id.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  db,
  barrier,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";

beforeEach(stopEverything);

test("runners take a video from its plan to ready", async () => {
  const id = await queuedVideo();
  await work();

  const video = await videoRow(id);
  expect(video).toMatchObject({
    state: "ready",
    duration: 16,
    width: 1280,
    height: 720,
    hdr: false,
  });
  expect(video).toMatchObject({ publication: 1, errorCode: null, publishedAt: expect.any(Number) });
  const images = await taskRow(id, "images");
  expect(video.posterPath).toBe(`files/${images.id}.1/poster.jpg`);
  expect(await env.MEDIA.head(`${id}/1/${video.posterPath}`)).not.toBeNull();
  for (const task of await taskRows(id)) {
    expect(task).toMatchObject({ state: "done", attempt: 1, progress: 1, runner: null });
  }

  const index = await env.MEDIA.get(`${id}/1/p1/index.json`);
  const { renditions } = Publication.parse(await index?.json());
  const folders = renditions.map(({ rendition, outputs }) => [
    rendition.id,
    ...outputs.map(({ folder }) => folder),
  ]);
  expect(folders).toEqual([
    ["h264-360", "h264-360/0.1", "h264-360/2.1"],
    ["h264-720", "h264-720/0.1", "h264-720/2.1"],
    ["audio-0", "audio-0/0.1"],
  ]);
  expect(await env.MEDIA.head(`${id}/1/p1/multivariant.m3u8`)).not.toBeNull();
  expect(await env.MEDIA.head(`${id}/1/h264-720/2.1/00003.m4s`)).not.toBeNull();
});

test("every task runs once, even if runners ask at the same moment", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(4);
  await Promise.all([work(transcoder), work(transcoder), work(transcoder)]);
  // Runners that found nothing have ended. The rest may wait for the next task.
  await work(transcoder);

  expect((await videoRow(id)).state).toBe("ready");
  const started = transcoder.requests.map(({ taskId, attempt }) => `${taskId}.${attempt}`);
  expect(new Set(started).size).toBe(started.length);
  expect(started).toHaveLength((await taskRows(id)).length - 1);
});

test("a runner that asks after everything is done changes nothing", async () => {
  const id = await queuedVideo();
  await work();
  const before = [await videoRow(id), await taskRows(id)];
  const transcoder = new ScriptedTranscoder();
  await work(transcoder);
  expect([await videoRow(id), await taskRows(id)]).toEqual(before);
  expect(transcoder.requests).toEqual([]);
});

test("as many tasks run at once as there are slots", async () => {
  await queuedVideo();
  const allStarted = barrier(3);
  const transcoder = new ScriptedTranscoder(3).on("video", async function* (request) {
    // No task ends before all three have started.
    await allStarted();
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  expect(transcoder.peak).toBe(3);
});

test("one creator's long video does not delay another's short one", async () => {
  const long = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1);
  let short = "";
  transcoder.on("video", async function* (request) {
    if (short === "") short = await queuedVideo(newId());
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);

  const order = transcoder.requests.map(({ taskId }) => taskId);
  const position = async (id: string, name: string) => order.indexOf((await taskRow(id, name)).id);
  // With one slot, creators take turns: the short video's plan runs before the rest of the long video.
  expect(await position(short, "plan")).toBeLessThan(await position(long, "video 1"));
  expect((await videoRow(short)).state).toBe("ready");
  expect((await videoRow(long)).state).toBe("ready");
});

test("the first segments of the lowest rendition are encoded right after the plan", async () => {
  await queuedVideo();
  const transcoder = new ScriptedTranscoder(1);
  await work(transcoder);
  const kinds = transcoder.requests.map(({ spec }) =>
    spec.kind === "video" ? spec.renditions.map(({ id }) => id).join("+") : spec.kind,
  );
  expect(kinds).toEqual(["plan", "h264-360", "audio", "h264-720", "h264-360+h264-720", "images"]);
});

test("a source without an index is remuxed, planned again, and encoded from the copy", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("plan", (request) =>
    request.spec.kind === "plan" && request.spec.remuxed
      ? ScriptedTranscoder.perform(request)
      : [{ type: "done", result: { kind: "remux-first", demuxer: "flv" } }],
  );
  await work(transcoder);

  expect((await videoRow(id)).state).toBe("ready");
  const { sourceKey } = await videoRow(id);
  const kinds = transcoder.requests.map(({ spec, inputs }) => [spec.kind, inputs.source]);
  const copy = `${sourceKey}.remuxed.1.1`;
  expect(kinds.slice(0, 4)).toEqual([
    ["plan", sourceKey],
    ["remux", sourceKey],
    ["plan", copy],
    ["video", copy],
  ]);
  expect(await env.MEDIA.head(copy)).not.toBeNull();
});

test("a source that could not be copied into MP4 is planned again and encoded as it is", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder()
    .on("plan", (request) =>
      request.spec.kind === "plan" && request.spec.remuxed
        ? ScriptedTranscoder.perform(request)
        : [
            {
              type: "done",
              result: { kind: "remux-first", demuxer: "matroska", mp4: "only" },
            },
          ],
    )
    .on("remux", () => [{ type: "done", result: { kind: "remux", isUnchanged: true } }]);
  await work(transcoder);
  const { sourceKey, state } = await videoRow(id);
  expect(state).toBe("ready");
  const [, remux, ...later] = transcoder.requests;
  expect(remux?.spec).toMatchObject({ kind: "remux", demuxer: "matroska", mp4: "only" });
  expect(new Set(later.map(({ inputs }) => inputs.source))).toEqual(new Set([sourceKey]));
});

test("the last task of a video sends its message at once", async () => {
  const id = await queuedVideo();
  await work();
  expect((await videoRow(id)).state).toBe("ready");
  const unsent = await db
    .select()
    .from(outbox)
    .where(and(like(outbox.body, `%${id}%`), isNull(outbox.sentAt)));
  expect(unsent).toEqual([]);
});
