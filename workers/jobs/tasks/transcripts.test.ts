import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { CaptionTrack, CaptionTracks } from "../../contract/captions.ts";
import { Playback } from "../../contract/playback.ts";
import type { TaskRequest } from "../../contract/transcodes.ts";
import { Transcript, type Utterance } from "../../contract/transcripts.ts";
import { listCaptions } from "../../db/captions.ts";
import { seeRunner } from "../../db/runners.ts";
import { videos } from "../../db/schema.ts";
import { tasks } from "../../db/transcoding-schema.ts";
import { LIMITS } from "../../domain/limits.ts";
import type { Models, SpeechEnv } from "../../services/speech-model.ts";
import { call, newAccount, problemOf } from "../../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  claimOf,
  db,
  queuedVideo,
  stopEverything,
  taskRows,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { serveTaskStorage } from "./task-storage.ts";

beforeEach(stopEverything);

const SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";
const said = (start: number, text: string): Utterance => ({ start, end: start + 2, text });

/** A ready video, and requests of its creator. */
async function readyVideo() {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work();
  const base = `/v1/videos/${id}`;
  const transcribe = (language?: string) =>
    call(app, "POST", `${base}/automatic-captions`, { language });
  const list = async () =>
    CaptionTracks.parse(await (await call(app, "GET", `${base}/captions`)).json());
  const put = (language: string) =>
    call(app, "PUT", `${base}/captions/${language}`, SRT, { "content-type": "text/plain" });
  const get = async (language: string) =>
    (await call(app, "GET", `${base}/captions/${language}`)).text();
  return { app, id, base, transcribe, list, put, get };
}

/** A runner that reports a speech recogniser. */
function seeRecogniser() {
  const { capabilities, slots, version } = claimOf("local-0");
  const introduction = { id: "local-0", kind: "local", capabilities, slots, version } as const;
  return seeRunner(db, introduction, Date.now());
}

/** Transcribes one part after the other and records what was requested. */
function recogniser(kind: "transcribe" | "speech", parts: Utterance[][], language = "en") {
  const asked: TaskRequest[] = [];
  const transcoder = new ScriptedTranscoder().on(kind, (request) => {
    const utterances = parts[asked.length] ?? [];
    asked.push(request);
    const until = asked.length < parts.length ? 100 * asked.length : null;
    return [{ type: "done", result: { kind: "transcript", language, utterances, until } }];
  });
  return { asked, transcoder };
}

function bindModels(models: Partial<{ speech: unknown; translate: (text: string) => string }>) {
  const heard: unknown[] = [];
  const run = (model: string, input: { text?: string }) => {
    heard.push([model, input]);
    return Promise.resolve(
      model.includes("whisper")
        ? models.speech
        : { translated_text: models.translate?.(input.text ?? "") },
    );
  };
  const bound = env as SpeechEnv;
  bound.AI = { run } as unknown as Models;
  onTestFinished(() => void delete bound.AI);
  return heard;
}

test("without a speech recogniser, transcription is neither offered nor started", async () => {
  const { transcribe, list } = await readyVideo();
  expect(await list()).toMatchObject({ engine: null, items: [] });
  expect(await problemOf(await transcribe())).toMatchObject({ code: "conflict" });
});

test("a runner with a recogniser makes captions part by part, and they are marked as automatic, searchable and published", async () => {
  const { app, id, base, transcribe, list, get } = await readyVideo();
  await seeRecogniser();
  expect(await list()).toMatchObject({ engine: "runner", isTranscribing: false });
  expect((await transcribe()).status).toBe(202);
  expect(await list()).toMatchObject({ isTranscribing: true });
  expect(await problemOf(await transcribe())).toMatchObject({ code: "conflict" });

  const { asked, transcoder } = recogniser("transcribe", [
    [said(1, "the harbour is quiet")],
    [],
    [said(230, "a <b>lamp</b> is lit")],
  ]);
  await work(transcoder);
  expect(asked.map(({ spec }) => spec)).toMatchObject([
    { from: 0, part: 1, language: null, earlier: null },
    // The part without speech reports no language, but the first has reported English.
    { from: 100, part: 2, language: "en" },
    { from: 200, part: 3, language: "en" },
  ]);
  expect(await list()).toMatchObject({
    isTranscribing: false,
    items: [{ language: "en", label: "English (automatic)", origin: "automatic", cues: 2 }],
  });
  expect(await get("en")).toBe(
    "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nthe harbour is quiet\n\n00:03:50.000 --> 00:03:52.000\na &lt;b&gt;lamp&lt;/b&gt; is lit\n",
  );
  const playback = Playback.parse(await (await call(app, "POST", `${base}/playback`)).json());
  expect(playback.captions.map(({ label }) => label)).toEqual(["English (automatic)"]);
  const names = (await taskRows(id)).map(({ name, state }) => [name.split(" ")[0], state]);
  expect(names.filter(([name]) => name === "transcript")).toEqual(
    Array.from({ length: 3 }, () => ["transcript", "done"]),
  );
  expect(names.filter(([name]) => name === "finish")).toEqual([
    ["finish", "done"],
    ["finish", "done"],
  ]);
});

test("automatic captions never replace manual ones, and manual captions may replace automatic ones", async () => {
  const { id, transcribe, list, put, get } = await readyVideo();
  await seeRecogniser();
  await put("en");
  expect(await problemOf(await transcribe("en"))).toMatchObject({
    code: "conflict",
    detail: expect.stringContaining("never replace"),
  });
  // Its language is known only after it has been transcribed.
  await transcribe();
  await work(recogniser("transcribe", [[said(1, "overheard")]]).transcoder);
  expect(await get("en")).toContain("Hello");

  await transcribe("de");
  await work(recogniser("transcribe", [[said(1, "gehört")]], "de").transcoder);
  await put("de");
  const { items } = await list();
  expect(items.map(({ language, origin, label }) => [language, origin, label])).toEqual([
    ["de", "uploaded", "Deutsch"],
    ["en", "uploaded", "English"],
  ]);
  const stored = await env.MEDIA.list({ prefix: `captions/${id}/` });
  expect(stored.objects.map(({ key }) => key).toSorted()).toEqual(
    (await listCaptions(db, [id])).map(({ key }) => key).toSorted(),
  );
});

test("transcriptionsPerVersion: one more is refused", async () => {
  const { id, transcribe } = await readyVideo();
  await seeRecogniser();
  const [row] = await taskRows(id);
  const ended = Array.from({ length: LIMITS.transcriptionsPerVersion }, (_, index) => ({
    ...row!,
    ...{ id: `${id}.${index}`, name: `transcript part 1, ${index}`, kind: "transcribe" as const },
  }));
  for (const one of ended) await db.insert(tasks).values(one);
  expect(await problemOf(await transcribe())).toMatchObject({ code: "limit_reached" });
});

test("a video without speech gets no captions", async () => {
  const { transcribe, list } = await readyVideo();
  await seeRecogniser();
  await transcribe();
  await work(recogniser("transcribe", [[], []]).transcoder);
  expect(await list()).toMatchObject({ isTranscribing: false, items: [] });
});

test("a runner without a recogniser may send audio to the site's model, but only for a transcription task", async () => {
  const heard = bindModels({
    speech: {
      text: "the harbour",
      transcription_info: { language: "en" },
      segments: [{ start: 0.5, end: 2, text: " the harbour" }, { text: "no times" }],
    },
  });
  const { transcribe, list } = await readyVideo();
  expect(await list()).toMatchObject({ engine: "workers-ai", canTranslate: true });
  await transcribe();
  const ask = async ({ storage }: TaskRequest) => {
    const url = new URL(`${storage}/speech?language=en-GB`);
    const body = new Uint8Array([1, 2, 3]);
    const headers = { "content-length": "3" };
    const request = new Request(url, { method: "POST", body, headers });
    return serveTaskStorage(request, env, url.pathname.slice(1), null);
  };
  let status = 0;
  const transcoder = new ScriptedTranscoder()
    .on("speech", async function* (request) {
      const { language, utterances } = Transcript.parse(await (await ask(request)).json());
      yield { type: "done", result: { kind: "transcript", language, utterances, until: null } };
    })
    .on("images", async function* (request) {
      ({ status } = await ask(request));
      yield* ScriptedTranscoder.perform(request);
    });
  await work(transcoder);
  expect(heard).toEqual([
    [
      "@cf/openai/whisper-large-v3-turbo",
      expect.objectContaining({ audio: "AQID", language: "en", task: "transcribe" }),
    ],
  ]);
  expect((await list()).items).toMatchObject([{ origin: "automatic", language: "en", cues: 1 }]);

  await queuedVideo();
  await work(transcoder);
  expect(status).toBe(403);
});

test("captions are translated cue by cue, and manual captions are kept", async () => {
  const { app, base, put, get, list } = await readyVideo();
  await put("en");
  const translate = (to: string) => call(app, "POST", `${base}/captions/en/translations`, { to });
  expect(await problemOf(await translate("de"))).toMatchObject({ code: "unavailable" });
  bindModels({ translate: (text) => (text === "Hello" ? "Guten Tag" : "") });
  const made = CaptionTrack.parse(await (await translate("de")).json());
  expect(made).toMatchObject({ language: "de", origin: "automatic", label: "Deutsch (automatic)" });
  expect(await get("de")).toContain("00:00:01.000 --> 00:00:02.000\nGuten Tag");
  await put("de");
  expect(await problemOf(await translate("de"))).toMatchObject({ code: "conflict" });
  expect((await list()).items.map(({ origin }) => origin)).toEqual(["uploaded", "uploaded"]);
});

test("captions of a version that no longer plays are not added to another version", async () => {
  const { id, transcribe, list } = await readyVideo();
  await seeRecogniser();
  await transcribe();
  const { transcoder } = recogniser("transcribe", [[said(1, "the harbour is quiet")]]);
  await db.update(videos).set({ version: 2 }).where(eq(videos.id, id));
  await work(transcoder);
  expect(await list()).toMatchObject({ items: [] });
});
