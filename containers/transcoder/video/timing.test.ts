import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  generate,
  samples,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import {
  BEEP,
  beeps,
  FLASH,
  flashes,
  lagOf,
  sourceLag,
} from "../../../tests/support/transcoder/flash.ts";
import { film, H264, joinPicture, joinRendition } from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** 20 s whose frames differ in brightness from each of their neighbours, in 30 steps. */
const COUNTER = [
  "-f",
  "lavfi",
  "-i",
  "color=c=black:s=64x48:r=30:d=20,format=yuv420p,geq=lum='20+mod(N*7\\,30)*7':cb=128:cr=128",
];
const brightnessOf = (frame: number): number => ((20 + ((frame * 7) % 30) * 7 - 16) * 255) / 219;

describe("chunks of a film join without a lost, doubled or misplaced frame", () => {
  it.each([
    ["counter.mp4", [...H264, "-bf", "2", "-g", "250"]],
    ["counter.mkv", [...H264, "-g", "47"]],
    ["counter.ts", [...H264, "-bf", "2", "-g", "60"]],
    ["counter.avi", ["-c:v", "mpeg4", "-q:v", "2", "-g", "100"]],
  ])("%s", async (name, args) => {
    const done = await film(bench, name, [...COUNTER, ...args]);
    expect(done.plan.grid.totalFrames).toBe(600);
    expect(
      Object.keys(done.results).filter((task) => task.startsWith("video")).length,
    ).toBeGreaterThan(3);
    const frames = await brightness(await joinPicture(bench, done));
    expect(frames).toHaveLength(600);
    const wrong = frames.flatMap((value, frame) =>
      Math.abs(value - brightnessOf(frame)) > 16 ? [frame] : [],
    );
    expect(wrong).toEqual([]);
  });
});

describe("sound stays in step with the picture", () => {
  it.each([
    ["together.mp4", []],
    ["sound-late.mp4", ["-af", "asetpts=PTS+1.37/TB"]],
    ["picture-late.mp4", ["-vf", "setpts=PTS+0.9/TB"]],
    ["sound-late.mkv", ["-af", "asetpts=PTS+2.21/TB"]],
    ["picture-late.ts", ["-vf", "setpts=PTS+0.6/TB"]],
    // Too little to be filled or cut: the resampler makes up for it, bit by bit.
    ["sound-slips.mkv", ["-af", "asetpts=PTS+gte(T\\,2)*0.006/TB"]],
  ])("%s", async (name, shift) => {
    const file = join(bench.folder, `plain-${name}`);
    const source = ["-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP, "-t", "8"];
    await generate([...source, ...H264, "-c:a", "aac", ...shift, file]);
    const done = await film(bench, name, ["-i", file, "-c", "copy", "-copyts"]);
    const [frames, sound] = [
      await brightness(await joinPicture(bench, done)),
      await samples(await joinRendition(bench, done, "audio-0")),
    ];
    const rate = done.plan.grid.frameRate.num / done.plan.grid.frameRate.den;
    // What a player sees of the source: the generator puts a shifted picture on its own grid, too.
    const expected = await sourceLag(join(bench.folder, name));
    const lag = lagOf(flashes(frames, rate), beeps(sound));
    // A picture that begins late shows its first frame, the first mark, from the film's beginning on.
    expect(lag.marks).toBeGreaterThan(4);
    expect(Math.abs(lag.seconds - expected)).toBeLessThan(0.02);
  });
});

it("a picture that begins after hundreds of packets of sound is found", async () => {
  const done = await film(bench, "picture-much-later.mp4", [
    ...["-f", "lavfi", "-i", "sine=d=10", "-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=2"],
    ...["-vf", "setpts=PTS+8/TB", "-vsync", "0", ...H264, "-c:a", "aac"],
  ]);
  expect(done.plan.source.video.startTime).toBeCloseTo(8, 1);
  expect(done.plan.grid).toMatchObject({ frameRate: { num: 25, den: 1 }, totalFrames: 250 });
});

/** Slides at 2 frames a second for a minute and more, then two seconds at 30: in thirtieths of a second. */
const SLIDES = "if(lt(N,130),N*15,1950+N-130)";

it.each(["slides.mkv", "slides.mp4"])(
  "no frame is lost of %s, which begins slowly",
  async (name) => {
    const geq = "geq=lum='20+mod(N*7\\,30)*7':cb=128:cr=128";
    const done = await film(bench, name, [
      ...["-f", "lavfi", "-i", `color=c=black:s=64x48:r=30:d=6.3333,format=yuv420p,${geq}`],
      ...["-vf", `setpts='${SLIDES}'`, "-vsync", "0", ...H264],
    ]);
    expect(done.plan.grid.frameRate).toEqual({ num: 30, den: 1 });
    const frames = await brightness(await joinPicture(bench, done));
    const shown = frames.filter((value, index) => Math.abs(value - (frames[index - 1] ?? 0)) > 4);
    expect(shown).toHaveLength(190);
  },
);
