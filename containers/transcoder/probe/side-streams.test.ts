import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_CAPTION_TRACKS } from "../../../workers/contract/captions.ts";
import type { Plan } from "../../../workers/contract/transcodes.ts";
import {
  type Bench,
  generate,
  samples,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { PGS_FILE } from "../../../tests/support/transcoder/bitmap-captions.ts";
import { planSource, runTask } from "../../../tests/support/transcoder/pipeline.ts";
import { MAX_AUDIO_TRACKS } from "../plan/plan.ts";
import {
  H264,
  joinRendition,
  transcodeGenerated,
} from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const VIDEO = ["-f", "lavfi", "-i", "testsrc=s=160x96:r=25:d=2"];
const SRT = "1\n00:00:00,500 --> 00:00:01,500\nHello\n";

async function planGenerated(name: string, args: readonly string[]): Promise<Plan> {
  const file = join(bench.folder, name);
  await generate([...args, file]);
  bench.storage.link(name, file);
  return planLinked(name);
}

async function planLinked(name: string): Promise<Plan> {
  const { outcome } = await planSource(bench.runner, bench.storage, name);
  if (outcome.type === "failed") throw new Error(outcome.code);
  if (outcome.result.kind !== "plan") throw new Error(outcome.result.kind);
  return outcome.result.plan;
}

describe("image-based captions are left out, the creator is told, and the video is otherwise unchanged", () => {
  it.each([
    ["pgs.mkv", [...H264, "-c:s", "copy"]],
    // Its caption has no end, so the file claims to last 49 days.
    ["vobsub.mkv", [...H264, "-c:s", "dvdsub"]],
  ])("%s", async (name, codecs) => {
    const captions = join(bench.folder, "images.sup");
    await writeFile(captions, PGS_FILE);
    const plan = await planGenerated(name, [
      ...[...VIDEO, "-i", captions, "-map", "0", "-map", "1", ...codecs],
      ...["-metadata:s:s:0", "language=ger"],
    ]);
    expect(plan.notices).toEqual([{ code: "captions_are_images", track: "Deutsch" }]);
    expect(plan.grid).toMatchObject({ frameRate: { num: 25, den: 1 }, totalFrames: 50 });
    expect(plan.source.captions).toEqual([]);
  });
});

it("captions that are neither text nor images are left out, and the creator is told", async () => {
  const captions = join(bench.folder, "one.srt");
  await writeFile(captions, SRT);
  const file = join(bench.folder, "unknown-captions.mkv");
  await generate([
    ...VIDEO,
    "-i",
    captions,
    "-map",
    "0",
    "-map",
    "1",
    ...H264,
    "-c:s",
    "srt",
    file,
  ]);
  // A codec name that no build knows, with the same length.
  const bytes = (await readFile(file)).toString("latin1").replace("S_TEXT/UTF8", "S_TEXT/USF9");
  await writeFile(file, bytes, "latin1");
  bench.storage.link("unknown-captions.mkv", file);
  const plan = await planLinked("unknown-captions.mkv");
  expect(plan.notices).toEqual([{ code: "captions_unreadable", track: "Track 1" }]);
});

it("audio in old telephone and recorder formats is transcoded", async () => {
  const gsm = join(bench.folder, "speech.gsm");
  // Two seconds of 20 ms frames that each begin with GSM's signature.
  const frame = (seed: number) => Buffer.alloc(33, (seed * 37) & 0xff).fill(0xd0, 0, 1);
  await writeFile(gsm, Buffer.concat(Array.from({ length: 100 }, (_, index) => frame(index))));
  const done = await transcodeGenerated(bench, "gsm.mov", [
    ...[...VIDEO, "-f", "gsm", "-i", gsm, "-map", "0", "-map", "1", ...H264, "-c:a", "copy"],
  ]);
  expect(done.plan.source.audio).toMatchObject([{ codec: "gsm", sampleRate: 8000 }]);
  const heard = await samples(await joinRendition(bench, done, "audio-0"));
  expect(heard.length / 48_000).toBeCloseTo(2, 1);
  expect(heard.some((sample) => Math.abs(sample) > 0.01)).toBe(true);
});

it("G.726 in AVI is as long as its samples, although its packets claim to last half an hour", async () => {
  const done = await transcodeGenerated(bench, "g726.avi", [
    ...[...VIDEO, "-f", "lavfi", "-i", "sine=d=2", "-c:v", "mpeg4"],
    ...["-c:a", "g726", "-ar", "8000", "-ac", "1", "-b:a", "32k"],
  ]);
  expect(done.plan.source.duration).toBeCloseTo(2, 1);
  const heard = await samples(await joinRendition(bench, done, "audio-0"));
  expect(heard.length / 48_000).toBeCloseTo(2, 1);
  // Also checks the end, which the packets place far behind the end of the video.
  expect(heard.slice(72_000, 90_000).some((sample) => Math.abs(sample) > 0.01)).toBe(true);
});

describe("a file with as many tracks as a Blu-ray disc", () => {
  const AUDIO_TRACKS = MAX_AUDIO_TRACKS;
  const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(97 + index));
  /** Existing languages by their two-letter codes. */
  const LANGUAGES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .filter((tag) => new Intl.DisplayNames(["en"], { type: "language" }).of(tag) !== tag)
    .filter((tag) => new Intl.Locale(tag).maximize().region !== undefined)
    .slice(0, MAX_CAPTION_TRACKS);
  const [SURPLUS = ""] = LANGUAGES;

  it("keeps 16 audio tracks and 64 caption tracks, and its creator is told which ones are left out", async () => {
    const captions = join(bench.folder, "one.srt");
    await writeFile(captions, SRT);
    const name = "many.mkv";
    const plan = await planGenerated(name, [
      ...[...VIDEO, "-f", "lavfi", "-i", "sine=d=2", "-i", captions, "-map", "0"],
      ...Array.from({ length: AUDIO_TRACKS + 1 }, () => ["-map", "1"]).flat(),
      ...[...LANGUAGES, SURPLUS].flatMap(() => ["-map", "2"]),
      ...[...H264, "-c:a", "mp2", "-c:s", "srt"],
      ...[...LANGUAGES, SURPLUS].flatMap((tag, index) => [
        `-metadata:s:s:${index}`,
        `language=${tag}`,
      ]),
    ]);
    expect(plan.notices).toMatchObject([
      { code: "audio_left_out", track: "Track 17", count: AUDIO_TRACKS },
      { code: "captions_left_out", count: MAX_CAPTION_TRACKS },
    ]);
    const audio = plan.renditions.filter(({ id }) => id.startsWith("audio"));
    expect(audio).toHaveLength(AUDIO_TRACKS);
    expect(audio.map((rendition) => "name" in rendition && rendition.name)).toEqual(
      audio.map((_, index) => `Track ${index + 1}`),
    );
    const spec = plan.tasks.find(({ spec: { kind } }) => kind === "captions")?.spec;
    if (spec === undefined) throw new Error("no task for captions");
    const { outcome } = await runTask(bench.runner, bench.storage, { source: name }, spec);
    if (outcome.type === "failed" || outcome.result.kind !== "captions") throw new Error("failed");
    expect(outcome.result.notices).toBeUndefined();
    expect(outcome.result.tracks.map(({ cues }) => cues)).toEqual(LANGUAGES.map(() => 1));
  });
});
