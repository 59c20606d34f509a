import { copyFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { TranscriptionSpec } from "../../../workers/contract/transcripts.ts";
import { generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import {
  pocketSphinx,
  SPEECH,
  WITHOUT_POCKETSPHINX,
  wordsHeard,
  writeCommand,
} from "../../../tests/support/transcoder/pocketsphinx.ts";
import { type Recogniser, resolveRecogniser } from "../runtime/recogniser.ts";

/** A source of which only the audio is used. */
const sourceOf = (demuxer: string, duration: number): SourceInfo => ({
  ...{ demuxer, duration, bytes: 1, captions: [] },
  video: {
    ...{ index: 0, codec: "h264", width: 64, height: 48, codedWidth: 64, codedHeight: 48 },
    ...{ rotation: 0, frameRate: { num: 25, den: 1 }, interlaced: false, alpha: false },
    ...{ bitDepth: 8, matrix: "bt709", range: "sdr", startTime: 0, endTime: duration },
  },
  audio: [],
});

const specOf = (kind: TranscriptionSpec["kind"], source: SourceInfo, streamIndex = 0) =>
  ({
    ...{ kind, source, streamIndex, language: null, from: 0, part: 1, earlier: null },
    limits: SETTINGS.limits,
  }) satisfies TranscriptionSpec;

async function benchWith(recogniser?: (folder: string) => Promise<Recogniser>) {
  const bench = await startBench({ recogniser });
  onTestFinished(() => bench[Symbol.asyncDispose]());
  return bench;
}

/** 150 s of a tone with a pause of a second at the end of every ten. */
async function tones(file: string): Promise<void> {
  const tone = "aevalsrc='if(lt(mod(t,10),9),0.3*sin(880*t),0)':s=16000:d=150";
  await generate(["-f", "lavfi", "-i", tone, "-c:a", "pcm_s16le", "-f", "wav", file]);
}

/** A recogniser that reports the duration of each chunk twice: at its start and at its end. */
const LENGTHS = `import { statSync, writeFileSync } from "node:fs";
const given = Object.fromEntries(process.argv.slice(2).map((arg, index, all) => [arg, all[index + 1]]));
const ms = (statSync(given["--file"]).size - 44) / 32;
const said = (from, to, text) => ({ offsets: { from, to }, text });
writeFileSync(given["--output-file"] + ".json", JSON.stringify({
  result: { language: given["--language"] === "auto" ? "de" : given["--language"] },
  transcription: [said(0, 500, " from " + Math.round(ms / 1000)), said(ms - 500, ms + 900, " until")],
}));`;

const lengths = async (folder: string): Promise<Recogniser> => {
  const [program, script] = [join(folder, "whisper-cli"), join(folder, "lengths.mjs")];
  await writeFile(script, LENGTHS);
  await writeCommand(program, script);
  return { program, model: script };
};

test("a track is transcribed in parts that end at pauses, and no audio is repeated or skipped", async () => {
  const bench = await benchWith(lengths);
  await tones(join(bench.folder, "tones.wav"));
  let spec: TranscriptionSpec = specOf("transcribe", sourceOf("wav", 150));
  const heard: { start: number; end: number; text: string }[] = [];
  let parts = 0;
  for (;;) {
    const { outcome } = await runTask(bench.runner, bench.storage, { source: "tones.wav" }, spec);
    if (outcome.type !== "done" || outcome.result.kind !== "transcript")
      throw new Error(JSON.stringify(outcome));
    parts += 1;
    const { until, language, utterances } = outcome.result;
    heard.push(...utterances);
    expect(language).toBe("de");
    if (until === null) break;
    expect(until % 10).toBeGreaterThan(9);
    spec = { ...spec, from: until, part: parts + 1, language };
  }
  expect(parts).toBe(2);
  const starts = heard.filter(({ text }) => text.startsWith("from"));
  const seconds = starts.reduce((sum, { text }) => sum + Number(text.slice("from ".length)), 0);
  expect(seconds).toBeGreaterThan(145);
  expect(seconds).toBeLessThan(155);
  for (const { start } of starts.slice(1)) expect(start % 10).toBeGreaterThan(9);
  expect(heard.at(-1)?.end).toBeGreaterThan(149);
});

test("a runner without a recogniser sends the chunks to the site", async () => {
  const bench = await benchWith();
  await tones(join(bench.folder, "tones.wav"));
  const asked: { url: string; bytes: number }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    if (request.method === "POST" && request.url?.startsWith("/speech")) {
      const body = Buffer.concat(await request.toArray());
      expect(body.subarray(0, 4).toString()).toBe("RIFF");
      asked.push({ url: request.url, bytes: body.length });
      const utterances = [{ start: 1, end: 2, text: `piece ${asked.length}` }];
      return response.end(JSON.stringify({ language: "fr", utterances }));
    }
    const headers = { ...(request.headers.range && { range: request.headers.range }) };
    const init = { method: request.method ?? "GET", headers };
    const stored = await fetch(bench.storage.url + request.url, init);
    response.writeHead(stored.status, Object.fromEntries(stored.headers));
    return response.end(Buffer.from(await stored.arrayBuffer()));
  };
  const site = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => site.listen(0, resolve));
  onTestFinished(() => void site.close());
  const address = site.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const storage = { ...bench.storage, url };
  const spec = specOf("speech", sourceOf("wav", 150));
  const { outcome } = await runTask(bench.runner, storage, { source: "tones.wav" }, spec);
  expect(outcome).toMatchObject({ result: { language: "fr", until: expect.any(Number) } });
  // The language that was detected first is kept for the rest.
  expect(asked.map((one) => one.url)).toEqual([
    "/speech",
    ...asked.slice(1).map(() => "/speech?language=fr"),
  ]);
  expect(Math.max(...asked.map(({ bytes }) => bytes))).toBeLessThan(1_000_000);

  const own = { ...spec, kind: "transcribe" as const };
  const refused = await runTask(bench.runner, bench.storage, { source: "tones.wav" }, own);
  expect(refused.outcome).toMatchObject({ type: "failed", code: "invalid_task" });
});

const skipped = WITHOUT_POCKETSPHINX === undefined ? "" : ` (skipped: ${WITHOUT_POCKETSPHINX})`;
test.skipIf(skipped !== "")(`a recogniser understands real speech${skipped}`, async () => {
  const bench = await benchWith(pocketSphinx);
  await copyFile(SPEECH.file, join(bench.folder, "speech.opus"));
  const spec = specOf("transcribe", sourceOf(SPEECH.demuxer, SPEECH.seconds));
  const { outcome } = await runTask(bench.runner, bench.storage, { source: "speech.opus" }, spec);
  if (outcome.type !== "done" || outcome.result.kind !== "transcript")
    throw new Error(JSON.stringify(outcome));
  const { language, until, utterances } = outcome.result;
  expect({ language, until }).toEqual({ language: "en", until: null });
  expect(wordsHeard(utterances.map(({ text }) => text).join(" ")).length).toBeGreaterThan(
    SPEECH.words.length / 3,
  );
});

test("WHISPER_PATH and WHISPER_MODEL must be there", () => {
  const file = fileURLToPath(import.meta.url);
  expect(resolveRecogniser({})).toBeNull();
  expect(resolveRecogniser({ WHISPER_PATH: file, WHISPER_MODEL: file })).toEqual({
    program: file,
    model: file,
  });
  expect(() => resolveRecogniser({ WHISPER_PATH: file })).toThrow("need each other");
  expect(() => resolveRecogniser({ WHISPER_PATH: "/no/such", WHISPER_MODEL: file })).toThrow(
    "WHISPER_PATH",
  );
});
