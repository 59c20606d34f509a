import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { TaskEvent } from "../../contract/task-event.ts";
import type { TaskRequest } from "../../contract/transcodes.ts";
import { loadLivePublication } from "../../services/publications.ts";
import { ownerKey } from "../../media/storage-keys.ts";
import { readText } from "../../media/objects.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  db,
  queuedVideo,
  stopEverything,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { examplePlan, output } from "../../../tests/support/worker/plan.ts";

beforeEach(stopEverything);

/** How many segments of each rendition a live playlist has. */
async function liveSegments(id: string): Promise<Record<string, number>> {
  const publication = await loadLivePublication(db, id, 1);
  return Object.fromEntries(
    publication?.renditions.map(({ rendition, outputs }) => [
      rendition.id,
      outputs.reduce((sum, { segments }) => sum + segments.length, 0),
    ]) ?? [],
  );
}

test("a video is playable as soon as one rendition's first chunk and the first audio are stored", async () => {
  const id = await queuedVideo();
  const seen: unknown[] = [];
  const observe = async () => seen.push([(await videoRow(id)).state, await liveSegments(id)]);
  const { ownerId } = await videoRow(id);
  const transcoder = new ScriptedTranscoder(1)
    .on("video", async function* (request) {
      // The gate needs the owner marker before there is anything to play.
      expect(await readText(env, ownerKey(id))).toBe(ownerId);
      await observe();
      yield* ScriptedTranscoder.perform(request);
    })
    .on("audio", async function* (request: TaskRequest): AsyncGenerator<TaskEvent> {
      await observe();
      yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
      await observe();
      yield* ScriptedTranscoder.perform(request);
    });
  await work(transcoder);

  expect(seen).toEqual([
    ["processing", {}],
    ["processing", { "h264-360": 2 }],
    ["playable", { "h264-360": 2, "audio-0": 1 }],
    ["playable", { "h264-360": 2, "audio-0": 4 }],
    ["playable", { "h264-360": 2, "h264-720": 2, "audio-0": 4 }],
  ]);
  expect((await videoRow(id)).state).toBe("ready");
});

test("a video without audio is playable with its first video segment", async () => {
  const id = await queuedVideo();
  const states: string[] = [];
  const plan = examplePlan();
  plan.renditions = plan.renditions.filter(({ type }) => type === "video");
  plan.tasks = plan.tasks.filter(({ spec }) => spec.kind !== "audio");
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan } }])
    .on("video", async function* (request): AsyncGenerator<TaskEvent> {
      states.push((await videoRow(id)).state);
      if (request.outputs["h264-360"]?.endsWith("/0.1/"))
        yield { type: "segments", rendition: "h264-360", output: output(0, 1) };
      states.push((await videoRow(id)).state);
      yield* ScriptedTranscoder.perform(request);
    });
  await work(transcoder);
  expect(states.slice(0, 3)).toEqual(["processing", "playable", "playable"]);
});

test("a live playlist ends at the first gap and never shrinks when an attempt starts over", async () => {
  const id = await queuedVideo();
  let attempts = 0;
  const seen: unknown[] = [];
  const transcoder = new ScriptedTranscoder(2).on("audio", async function* () {
    const count = ++attempts === 1 ? 3 : 1;
    yield { type: "segments", rendition: "audio-0", output: output(0, count, 48_000) };
    seen.push((await liveSegments(id))["audio-0"]);
    yield attempts === 1
      ? { type: "failed", code: "runner_restarted", detail: "The runner stops.", permanent: false }
      : { type: "done", result: { kind: "media", outputs: { "audio-0": output(0, 4, 48_000) } } };
  });
  await work(transcoder);
  expect(seen).toEqual([3, 3]);
});

test("audio of a very long video that is encoded in parts is one track", async () => {
  const id = await queuedVideo();
  const plan = examplePlan();
  plan.tasks = plan.tasks.flatMap((task) => {
    if (task.spec.kind !== "audio") return [task];
    const later = { name: "audio part 2", priority: "later-audio" as const };
    return [
      { ...task, spec: { ...task.spec, segmentCount: 3 } },
      { ...task, ...later, spec: { ...task.spec, firstSegment: 3 } },
    ];
  });
  const transcoder = new ScriptedTranscoder(1).on("plan", () => [
    { type: "done", result: { kind: "plan", plan } },
  ]);
  await work(transcoder);
  const { publication } = await videoRow(id);
  const playlist = await env.MEDIA.get(`${id}/1/p${publication}/audio-0.m3u8`);
  expect((await playlist?.text())?.match(/audio-0.*m4s/g)).toEqual([
    "audio-0/0.1/00000.m4s",
    "audio-0/0.1/00001.m4s",
    "audio-0/0.1/00002.m4s",
    "audio-0/3.1/00003.m4s",
  ]);
});
