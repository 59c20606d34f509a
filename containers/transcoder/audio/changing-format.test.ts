import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { segmentSamples } from "../../../workers/domain/tasks/audio-specs.ts";
import {
  type Bench,
  brightness,
  generate,
  joinTrack,
  samples,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import {
  transcodeLowest,
  transcodeWithAudio,
  joinLowestRendition,
  joinRendition,
} from "../../../tests/support/transcoder/video.ts";
import { BEEP, beeps, FLASH, flashes, lagOf } from "../../../tests/support/transcoder/flash.ts";
import { runTask } from "../../../tests/support/transcoder/pipeline.ts";
import { CLOCKWISE, setMatrix } from "../../../tests/support/transcoder/mp4-edit.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const RATE = 25;
const SECONDS = 8;
const SOURCE = ["-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP];
const CHANGE_SECONDS = 4;

/** The two halves of a video, each with its own size and channel layout. */
async function halves(
  name: string,
  codecs: readonly string[],
  [first, second]: readonly [string[], string[]],
): Promise<string[]> {
  const files = [1, 2].map((half) => join(bench.folder, `${half}-${name}`));
  const [one = "", two = ""] = files;
  await generate([...SOURCE, "-t", String(CHANGE_SECONDS), ...codecs, ...first, one]);
  const later = [
    "-output_ts_offset",
    String(CHANGE_SECONDS),
    "-t",
    String(SECONDS - CHANGE_SECONDS),
  ];
  await generate([...SOURCE, "-ss", String(CHANGE_SECONDS), ...later, ...codecs, ...second, two]);
  return files;
}

/** Like a recording of a TV receiver, in which the second programme follows the first without a break. */
async function recording(name: string, one: string[], two: string[]): Promise<string[]> {
  const codecs = ["-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "12", "-c:a", "ac3"];
  const parts = await halves(`${name}.ts`, codecs, [one, two]);
  const whole = join(bench.folder, `${name}-whole.ts`);
  await writeFile(whole, Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))));
  return ["-i", whole, "-map", "0", "-c", "copy", "-copyts"];
}

/** Like a recording of a call in a browser, where the size of VP8 frames depends on the network. */
async function call(name: string): Promise<string[]> {
  const codecs = ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M", "-c:a", "libopus"];
  const parts = await halves(`${name}.webm`, codecs, [
    ["-s", "320x240"],
    ["-s", "160x120"],
  ]);
  const list = join(bench.folder, `${name}.txt`);
  // Each part begins at 0 because the script concatenates them.
  const lines = parts.map(
    (part, index) =>
      `file '${part}'\ninpoint ${index * CHANGE_SECONDS}\nduration ${CHANGE_SECONDS}`,
  );
  await writeFile(list, lines.join("\n"));
  return ["-f", "concat", "-safe", "0", "-i", list, "-map", "0", "-c", "copy"];
}

const SD = ["-s", "720x576", "-ac", "2"];

describe("a source that changes its format midway", () => {
  it.each<[string, () => Promise<string[]>]>([
    ["wide.ts", () => recording("wide", SD, ["-s", "704x576", "-ac", "2"])],
    ["surround.ts", () => recording("surround", SD, ["-s", "720x576", "-ac", "6"])],
    ["both.mkv", () => recording("both", SD, ["-s", "544x576", "-ac", "1"])],
    ["call.webm", () => call("call")],
  ])("is transcoded completely and stays in sync: %s", async (name, source) => {
    const done = await transcodeWithAudio(bench, name, await source());
    const { totalFrames, frameRate } = done.plan.grid;
    expect(frameRate).toEqual({ num: RATE, den: 1 });
    expect(Math.abs(totalFrames - SECONDS * RATE)).toBeLessThanOrEqual(2);
    const frames = await brightness(await joinLowestRendition(bench, done));
    expect(frames).toHaveLength(totalFrames);
    const audio = await samples(await joinRendition(bench, done, "audio-0"));
    expect(Math.abs(audio.length / 48_000 - totalFrames / RATE)).toBeLessThan(0.05);
    const lag = lagOf(flashes(frames, RATE), beeps(audio));
    // All eight marks are there, including those after the change, and none is repeated.
    expect(lag.marks).toBeGreaterThan(6);
    expect(Math.abs(lag.seconds)).toBeLessThan(0.02);
    expect(flashes(frames, RATE)).toHaveLength(8);
  });

  it("is transcoded completely in a part of its audio track", async () => {
    const source = await recording("parts", SD, ["-s", "720x576", "-ac", "6"]);
    const done = await transcodeWithAudio(bench, "parts.mkv", source);
    const spec = done.plan.tasks.find(({ name }) => name === "audio 0")?.spec;
    if (spec?.kind !== "audio") throw new Error("no audio task");
    const firstSegment = 3;
    const part = { ...spec, firstSegment };
    const { outcome, outputs } = await runTask(
      bench.runner,
      bench.storage,
      { source: done.source },
      part,
    );
    if (outcome.type !== "done" || outcome.result.kind !== "media") throw new Error("no part");
    const output = outcome.result.outputs["audio-0"];
    const { init = "", segments = [] } = done.tracks["audio-0"] ?? {};
    const own = segments
      .slice(firstSegment)
      .map((path) => `${outputs["audio-0"]}${basename(path)}`);
    expect(output?.segments).toHaveLength(own.length);
    const track = { init, segments: own, outputs: [] };
    const whole = await samples(await joinRendition(bench, done, "audio-0"));
    const actual = await samples(await joinTrack(bench, track, "part.mp4"));
    const startSample = whole.length - actual.length;
    expect(startSample).toBe(firstSegment * segmentSamples(spec.rendition, spec.segmentSeconds));
    // The first beep is truncated because the decoder has just started.
    const [expected, times] = [whole.subarray(startSample), actual].map((audio) =>
      beeps(audio).slice(1),
    );
    expect([expected, times]).toMatchObject([{ length: 3 }, { length: 3 }]);
    for (const [index, time] of (times ?? []).entries())
      expect(time).toBeCloseTo(expected?.[index] ?? -1, 2);
  });

  it("is upright if it also has a rotation", async () => {
    const source = await recording("rotated", SD, ["-s", "704x576", "-ac", "2"]);
    const plain = join(bench.folder, "plain.mov");
    await generate([...source, "-map", "0:v", plain]);
    const done = await transcodeLowest(bench, "rotated.mov", ["-i", plain, "-c", "copy"], (file) =>
      setMatrix(file, CLOCKWISE),
    );
    const { width, height, rotation } = done.plan.source.video;
    expect({ turned: rotation % 180, isPortrait: height > width }).toEqual({
      turned: 90,
      isPortrait: true,
    });
    const frames = await brightness(await joinLowestRendition(bench, done));
    expect(frames).toHaveLength(done.plan.grid.totalFrames);
  });
});
