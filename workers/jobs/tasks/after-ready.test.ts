import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import type { AudioSpec } from "../../domain/tasks/audio-specs.ts";
import { Publication } from "../../contract/publications.ts";
import type { PlannedTask, VideoRendition } from "../../contract/transcodes.ts";
import { runBatch } from "../../db/client.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { addLateTasks, getTranscode } from "../../db/transcoding/transcodes.ts";
import { appAs, call, newAccount } from "../../../tests/support/worker/api.ts";
import { runWorkerTasks } from "./worker-tasks.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  barrier,
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import {
  examplePlan,
  finishExtras,
  rendition,
  videoTask,
} from "../../../tests/support/worker/plan.ts";

beforeEach(stopEverything);

/** A plan with a second codec in two chunks, encoded after the video is ready. */
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

async function published(id: string) {
  const { publication } = await videoRow(id);
  const index = await env.MEDIA.get(`${id}/1/p${publication}/index.json`);
  const { renditions } = Publication.parse(await index?.json());
  return { publication, renditions: renditions.map(({ rendition }) => rendition.id) };
}

async function putCaptions(
  account: Awaited<ReturnType<typeof newAccount>>,
  id: string,
  language: string,
): Promise<void> {
  const path = `/v1/videos/${id}/captions/${language}`;
  const text = "WEBVTT\n\n00:01.000 --> 00:02.000\nA line\n";
  const type = { "content-type": "text/vtt" };
  expect((await call(account.app, "PUT", path, text, type)).status).toBe(200);
}

test("a second codec is added after the video is ready, in a second set of playlists", async () => {
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

test("captions are published while the second codec is still being encoded", async () => {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  const started: Task[] = [];
  const playlists = async () => {
    const { publication } = await videoRow(id);
    const { objects } = await env.MEDIA.list({ prefix: `${id}/1/p${publication}/` });
    return objects.map(({ key }) => key);
  };
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan: planWithExtra() } }])
    .on("video", async function* (request) {
      const chunk = request.outputs["av1-360"];
      if (chunk?.includes("/0.")) {
        await putCaptions(account, id, "de");
      }
      if (chunk?.includes("/2.")) started.push(...(await taskRows(id)));
      yield* ScriptedTranscoder.perform(request);
    });
  await work(transcoder);
  // It runs before the next chunk of the second codec.
  const republish = started.find(({ name }) => name.startsWith("finish with captions"));
  expect(["running", "done"]).toContain(republish?.state);
  expect(await playlists()).toContainEqual(expect.stringContaining("subs-de"));
  expect((await published(id)).renditions).toContain("av1-360");
});

test("two sets of playlists that are written at once do not mix, and the more complete one stays", async () => {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  await work();
  for (const language of ["de", "fr"]) await putCaptions(account, id, language);
  // The second upload replaced the first one's waiting task; this stands for one that was running.
  const transcode = (await getTranscode(db, { videoId: id, version: 1 }))!;
  const earlier = {
    name: "finish earlier",
    stage: "extras",
    priority: "blocking",
    spec: { kind: "finish" },
  } as const;
  await runBatch(db, addLateTasks(db, transcode, [earlier], Date.now()));
  const bothWriting = barrier(2);
  const MEDIA = new Proxy(env.MEDIA, {
    get(bucket, name: keyof R2Bucket) {
      if (name !== "put") return bucket[name].bind(bucket);
      return async (key: string, ...rest: [string, R2PutOptions]) => {
        if (key.endsWith("/index.json")) await bothWriting();
        return bucket.put(key, ...rest);
      };
    },
  });
  const context = { ...jobContext(), env: { ...env, MEDIA } };
  await Promise.all([runWorkerTasks(context), runWorkerTasks(context)]);
  const { publication } = await videoRow(id);
  const indexes = (await env.MEDIA.list({ prefix: `${id}/1/p` })).objects.filter(({ key }) =>
    key.endsWith("/index.json"),
  );
  expect([publication, indexes.length]).toEqual([3, 3]);
  const multivariant = await (await env.MEDIA.get(
    `${id}/1/p${publication}/multivariant.m3u8`,
  ))!.text();
  expect(multivariant.match(/LANGUAGE="(de|fr)"/g)).toHaveLength(2);
});

test("the later of two poster choices stays, whichever is made first", async () => {
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
        { timeout: 100_000 },
      );
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  expect(`${id}/1/${(await videoRow(id)).posterPath}`).toBe(`${later}poster.jpg`);
});

test("download audio that lacks a part is left out", async () => {
  const id = await queuedVideo();
  const plan = examplePlan();
  const audio = plan.renditions.find(({ type }) => type === "audio");
  const first = plan.tasks.find(({ spec }) => spec.kind === "audio");
  if (audio?.type !== "audio" || first?.spec.kind !== "audio")
    throw new Error("The plan has no audio task.");
  const rendition = { ...audio, id: "opus-0", codec: "opus" as const };
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

test("a second codec that lacks a chunk is left out, and the video stays ready", async () => {
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
