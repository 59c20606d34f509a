import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { segmentSamples } from "../../../workers/domain/audio-specs.ts";
import {
  type Bench,
  brightness,
  generate,
  joinTrack,
  samples,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { film, joinPicture, joinRendition } from "../../../tests/support/transcoder/video.ts";
import { BEEP, beeps, FLASH, flashes, lagOf } from "../../../tests/support/transcoder/flash.ts";
import { runTask } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const RATE = 25;
const SECONDS = 8;
const SOURCE = ["-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP];
const AT = 4;

/** The two halves of a film, each in its own size and layout. */
const halves = async (
  name: string,
  codecs: readonly string[],
  [first, second]: readonly [string[], string[]],
): Promise<string[]> => {
  const files = [1, 2].map((half) => join(bench.folder, `${half}-${name}`));
  const [one = "", two = ""] = files;
  await generate([...SOURCE, "-t", String(AT), ...codecs, ...first, one]);
  const later = ["-output_ts_offset", String(AT), "-t", String(SECONDS - AT)];
  await generate([...SOURCE, "-ss", String(AT), ...later, ...codecs, ...second, two]);
  return files;
};

/** As a receiver writes it: the second programme simply follows the first. */
const recording = async (name: string, one: string[], two: string[]): Promise<string[]> => {
  const codecs = ["-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "12", "-c:a", "ac3"];
  const parts = await halves(`${name}.ts`, codecs, [one, two]);
  const whole = join(bench.folder, `${name}-whole.ts`);
  await writeFile(whole, Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))));
  return ["-i", whole, "-map", "0", "-c", "copy", "-copyts"];
};

/** As a browser records a call: VP8 pictures have the size that the network allowed. */
const call = async (name: string): Promise<string[]> => {
  const codecs = ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M", "-c:a", "libopus"];
  const parts = await halves(`${name}.webm`, codecs, [
    ["-s", "320x240"],
    ["-s", "160x120"],
  ]);
  const list = join(bench.folder, `${name}.txt`);
  // Each part begins at 0 for the script: it puts them one behind the other.
  const lines = parts.map((part, index) => `file '${part}'\ninpoint ${index * AT}\nduration ${AT}`);
  await writeFile(list, lines.join("\n"));
  return ["-f", "concat", "-safe", "0", "-i", list, "-map", "0", "-c", "copy"];
};

const SD = ["-s", "720x576", "-ac", "2"];

describe("a source that changes midway comes out whole and in step", () => {
  it.each<[string, () => Promise<string[]>]>([
    ["wide.ts", () => recording("wide", SD, ["-s", "704x576", "-ac", "2"])],
    ["surround.ts", () => recording("surround", SD, ["-s", "720x576", "-ac", "6"])],
    ["both.mkv", () => recording("both", SD, ["-s", "544x576", "-ac", "1"])],
    ["call.webm", () => call("call")],
  ])("%s", async (name, source) => {
    const done = await film(bench, name, await source());
    const { totalFrames, frameRate } = done.plan.grid;
    expect(frameRate).toEqual({ num: RATE, den: 1 });
    expect(Math.abs(totalFrames - SECONDS * RATE)).toBeLessThanOrEqual(2);
    const frames = await brightness(await joinPicture(bench, done));
    expect(frames).toHaveLength(totalFrames);
    const sound = await samples(await joinRendition(bench, done, "audio-0"));
    expect(Math.abs(sound.length / 48_000 - totalFrames / RATE)).toBeLessThan(0.05);
    const lag = lagOf(flashes(frames, RATE), beeps(sound));
    // All eight marks, of which the last are after the change; none comes twice.
    expect(lag.marks).toBeGreaterThan(6);
    expect(Math.abs(lag.seconds)).toBeLessThan(0.02);
    expect(flashes(frames, RATE)).toHaveLength(8);
  });

  it("in a part of its sound, too", async () => {
    const source = await recording("parts", SD, ["-s", "720x576", "-ac", "6"]);
    const done = await film(bench, "parts.mkv", source);
    const spec = done.plan.tasks.find(({ name }) => name === "audio 0")?.spec;
    if (spec?.kind !== "audio") throw new Error("no sound");
    const firstSegment = 3;
    const part = { ...spec, firstSegment };
    const { outcome, outputs } = await runTask(
      bench.url,
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
    const heard = await samples(await joinTrack(bench, track, "part.mp4"));
    const begins = whole.length - heard.length;
    expect(begins).toBe(firstSegment * segmentSamples(spec.rendition, spec.segmentSeconds));
    // The first one is cut in the middle, where a decoder has yet to begin.
    const [expected, times] = [whole.subarray(begins), heard].map((sound) => beeps(sound).slice(1));
    expect([expected, times]).toMatchObject([{ length: 3 }, { length: 3 }]);
    for (const [index, time] of (times ?? []).entries())
      expect(time).toBeCloseTo(expected?.[index] ?? -1, 2);
  });

  it("unless its picture is to be turned, too: that is told of", async () => {
    const source = await recording("turned", SD, ["-s", "704x576", "-ac", "2"]);
    const plain = join(bench.folder, "plain.mov");
    await generate([...source, "-map", "0:v", plain]);
    const turned = film(bench, "turned.mov", [
      ...["-i", plain, "-c", "copy", "-metadata:s:v", "rotate=90"],
    ]);
    await expect(turned).rejects.toThrow("changing_format");
  });
});
