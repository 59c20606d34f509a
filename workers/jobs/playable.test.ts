import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import type { AudioSpec } from "../domain/audio-specs.ts";
import { Publication } from "../contract/publications.ts";
import type { TaskEvent } from "../contract/task-event.ts";
import type { PlannedTask, TaskRequest, VideoRendition } from "../contract/transcodes.ts";
import { loadLivePublication } from "../services/publications.ts";
import type { Task } from "../db/transcoding/tasks.ts";
import { ownerKey } from "../media/storage-keys.ts";
import { readText } from "../media/objects.ts";
import { appAs, call, newAccount } from "../../tests/support/worker/api.ts";
import { drain } from "./drain.ts";
import {
  db,
  barrier,
  jobContext,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  taskRows,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";
import {
  examplePlan,
  finishExtras,
  output,
  rendition,
  videoTask,
} from "../../tests/support/worker/plan.ts";

beforeEach(stopEverything);

/** Segments of each rendition that a live playlist would show. */
async function shown(id: string): Promise<Record<string, number>> {
  const publication = await loadLivePublication(db, id, 1);
  return Object.fromEntries(
    publication?.renditions.map(({ rendition, outputs }) => [
      rendition.id,
      outputs.reduce((sum, { segments }) => sum + segments.length, 0),
    ]) ?? [],
  );
}

test("a video is playable from the first chunk of one rung and the first sound on, before all else", async () => {
  const id = await queuedVideo();
  const seen: unknown[] = [];
  const look = async () => seen.push([(await videoRow(id)).state, await shown(id)]);
  const { ownerId } = await videoRow(id);
  const transcoder = new ScriptedTranscoder(1)
    .on("video", async function* (request) {
      // The gate must know whose it is before there is anything to see.
      expect(await readText(env, ownerKey(id))).toBe(ownerId);
      await look();
      yield* ScriptedTranscoder.perform(request);
    })
    .on("audio", async function* (request: TaskRequest): AsyncGenerator<TaskEvent> {
      await look();
      yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
      await look();
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

test("a silent film is playable with the first segment of its picture", async () => {
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

test("a live list ends at the first gap, and never shrinks when an attempt starts over", async () => {
  const id = await queuedVideo();
  let tries = 0;
  const seen: unknown[] = [];
  const transcoder = new ScriptedTranscoder(2).on("audio", async function* () {
    const count = ++tries === 1 ? 3 : 1;
    yield { type: "segments", rendition: "audio-0", output: output(0, count, 48_000) };
    seen.push((await shown(id))["audio-0"]);
    yield tries === 1
      ? { type: "failed", code: "runner_restarted", detail: "The machine stops.", permanent: false }
      : { type: "done", result: { kind: "media", outputs: { "audio-0": output(0, 4, 48_000) } } };
  });
  await work(transcoder);
  expect(seen).toEqual([3, 3]);
});

test("the sound of a very long film, encoded in parts, is one track", async () => {
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
  const list = await env.MEDIA.get(`${id}/1/p${publication}/audio-0.m3u8`);
  expect((await list?.text())?.match(/audio-0.*m4s/g)).toEqual([
    "audio-0/0.1/00000.m4s",
    "audio-0/0.1/00001.m4s",
    "audio-0/0.1/00002.m4s",
    "audio-0/3.1/00003.m4s",
  ]);
});

/** A plan with a second codec in two chunks, after the film is ready. */
function planWithExtra() {
  const plan = examplePlan();
  const extra: VideoRendition = { ...rendition(360), id: "av1-360", codec: "av1" };
  const chunk = (firstSegment: number): PlannedTask => ({
    ...videoTask(`av1 ${firstSegment}`, "second-codec", firstSegment, [extra]),
    stage: "extras",
  });
  return {
    ...plan,
    renditions: [...plan.renditions, extra],
    tasks: [...plan.tasks, chunk(0), chunk(2), finishExtras],
  };
}

const published = async (id: string) => {
  const { publication } = await videoRow(id);
  const index = await env.MEDIA.get(`${id}/1/p${publication}/index.json`);
  const { renditions } = Publication.parse(await index?.json());
  return { publication, renditions: renditions.map(({ rendition }) => rendition.id) };
};

test("a second codec joins the film after it was ready, in a second set of lists", async () => {
  const id = await queuedVideo();
  const states: string[] = [];
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan: planWithExtra() } }])
    .on("video", async function* (request) {
      if ("av1-360" in request.outputs) states.push((await videoRow(id)).state);
      yield* ScriptedTranscoder.perform(request);
    });
  await work(transcoder);
  expect(states).toEqual(["ready", "ready"]);
  expect(await published(id)).toEqual({
    publication: 2,
    renditions: ["h264-360", "h264-720", "audio-0", "av1-360"],
  });
});

test("captions of a ready film are listed while its extras are still made, which join it later", async () => {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  const begun: Task[] = [];
  const lists = async () => {
    const { publication } = await videoRow(id);
    const { objects } = await env.MEDIA.list({ prefix: `${id}/1/p${publication}/` });
    return objects.map(({ key }) => key);
  };
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan: planWithExtra() } }])
    .on("video", async function* (request) {
      const chunk = request.outputs["av1-360"];
      if (chunk?.includes("/0.")) {
        const body = "WEBVTT\n\n00:01.000 --> 00:02.000\nA line\n";
        const path = `/v1/videos/${id}/captions/de`;
        const type = { "content-type": "text/vtt" };
        expect((await call(appAs(account), "PUT", path, body, type)).status).toBe(200);
      }
      if (chunk?.includes("/2.")) begun.push(...(await taskRows(id)));
      yield* ScriptedTranscoder.perform(request);
    });
  await work(transcoder);
  // It is taken before the next chunk of the extra.
  const republish = begun.find(({ name }) => name.startsWith("finish with captions"));
  expect(["running", "done"]).toContain(republish?.state);
  expect(await lists()).toContainEqual(expect.stringContaining("subs-de"));
  expect((await published(id)).renditions).toContain("av1-360");
});

test("two sets of lists that are written at once do not mix, and the one that lists more stays", async () => {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  await work();
  for (const language of ["de", "fr"]) {
    const body = "WEBVTT\n\n00:01.000 --> 00:02.000\nA line\n";
    const path = `/v1/videos/${id}/captions/${language}`;
    const type = { "content-type": "text/vtt" };
    expect((await call(appAs(account), "PUT", path, body, type)).status).toBe(200);
  }
  const both = barrier(2);
  const MEDIA = new Proxy(env.MEDIA, {
    get(bucket, name: keyof R2Bucket) {
      if (name !== "put") return bucket[name].bind(bucket);
      return async (key: string, ...rest: [string, R2PutOptions]) => {
        if (key.endsWith("/index.json")) await both();
        return bucket.put(key, ...rest);
      };
    },
  });
  const jobs = { ...jobContext(new ScriptedTranscoder()), env: { ...env, MEDIA } };
  await drain(jobs, () => Promise.reject(new Error("no other consumer is needed")));
  const { publication } = await videoRow(id);
  const indexes = (await env.MEDIA.list({ prefix: `${id}/1/p` })).objects.filter(({ key }) =>
    key.endsWith("/index.json"),
  );
  expect([publication, indexes.length]).toEqual([3, 3]);
  const master = await (await env.MEDIA.get(`${id}/1/p${publication}/multivariant.m3u8`))!.text();
  expect(master.match(/LANGUAGE="(de|fr)"/g)).toHaveLength(2);
});

test("of two posters that are picked, the later one stays, whichever is made first", async () => {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  await work();
  for (const at of [1, 2]) {
    const response = await call(appAs(account), "PUT", `/v1/videos/${id}/poster`, { at });
    expect(response.status).toBeLessThan(300);
  }
  let later = "";
  const transcoder = new ScriptedTranscoder(2).on("images", async function* (request) {
    const { spec, outputs } = request;
    const isLater = spec.kind === "images" && spec.posterAt === 2;
    if (isLater) later = outputs.files ?? "";
    else
      await vi.waitFor(
        async () => expect(`${id}/1/${(await videoRow(id)).posterPath}`).toBe(`${later}poster.jpg`),
        { timeout: 20_000 },
      );
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  expect(`${id}/1/${(await videoRow(id)).posterPath}`).toBe(`${later}poster.jpg`);
});

test("sound for downloads that misses a part is left out", async () => {
  const id = await queuedVideo();
  const plan = examplePlan();
  const sound = plan.renditions.find(({ type }) => type === "audio");
  const first = plan.tasks.find(({ spec }) => spec.kind === "audio");
  if (sound?.type !== "audio" || first?.spec.kind !== "audio") throw new Error("no sound");
  const rendition = { ...sound, id: "opus-0", codec: "opus" as const };
  const part = (name: string, change: object): PlannedTask => ({
    ...{ name, stage: "extras", priority: "download-renditions" },
    spec: { ...(first.spec as AudioSpec), rendition, ...change },
  });
  plan.renditions.push(rendition);
  plan.tasks.push(
    part("audio opus", { segmentCount: 2 }),
    part("audio opus part 2", { firstSegment: 2 }),
    finishExtras,
  );
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan } }])
    .on("audio", (request) =>
      request.outputs["opus-0"]?.includes("/2.")
        ? [{ type: "failed", code: "encoder_failed", detail: "", permanent: true }]
        : ScriptedTranscoder.perform(request),
    );
  await work(transcoder);
  expect((await published(id)).renditions).toEqual(["h264-360", "h264-720", "audio-0"]);
});

test("an extra that misses a chunk is left out, and the film stays ready", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan: planWithExtra() } }])
    .on("video", (request) =>
      request.outputs["av1-360"]?.includes("/2.")
        ? [{ type: "failed", code: "encoder_failed", detail: "", permanent: true }]
        : ScriptedTranscoder.perform(request),
    );
  await work(transcoder);
  expect((await videoRow(id)).state).toBe("ready");
  expect((await published(id)).renditions).toEqual(["h264-360", "h264-720", "audio-0"]);
});
