import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  generate,
  samples,
  quickTools,
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
import {
  planGenerated,
  transcodeLowest,
  transcodeWithAudio,
  H264,
  joinLowestRendition,
  joinRendition,
} from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** 20 s in which the brightness changes with every frame, over 30 steps. */
const COUNTER = [
  "-f",
  "lavfi",
  "-i",
  "color=c=black:s=64x48:r=30:d=20,format=yuv420p,geq=lum='20+mod(N*7\\,30)*7':cb=128:cr=128",
];
const brightnessOf = (frame: number): number => ((20 + ((frame * 7) % 30) * 7 - 16) * 255) / 219;

describe("chunks join without a lost, repeated or misplaced frame", () => {
  it.each([
    ["counter.mp4", [...H264, "-bf", "2", "-g", "250"]],
    ["counter.mkv", [...H264, "-g", "47"]],
    ["counter.ts", [...H264, "-bf", "2", "-g", "60"]],
    ["counter.avi", ["-c:v", "mpeg4", "-q:v", "2", "-g", "100"]],
  ])("%s", async (name, args) => {
    const done = await transcodeLowest(bench, name, [...COUNTER, ...args]);
    expect(done.plan.grid.totalFrames).toBe(600);
    expect(
      Object.keys(done.results).filter((task) => task.startsWith("video")).length,
    ).toBeGreaterThan(3);
    const frames = await brightness(await joinLowestRendition(bench, done));
    expect(frames).toHaveLength(600);
    const wrong = frames.flatMap((value, frame) =>
      Math.abs(value - brightnessOf(frame)) > 16 ? [frame] : [],
    );
    expect(wrong).toEqual([]);
  });
});

describe("audio and video stay in sync", () => {
  it.each([
    ["in-sync.mp4", []],
    ["audio-late.mp4", ["-af", "asetpts=PTS+1.37/TB"]],
    ["video-late.mp4", ["-vf", "setpts=PTS+0.9/TB"]],
    ["audio-late.mkv", ["-af", "asetpts=PTS+2.21/TB"]],
    ["video-late.ts", ["-vf", "setpts=PTS+0.6/TB"]],
    // The difference is too small to fill or cut: the resampler compensates gradually.
    ["audio-drifts.mkv", ["-af", "asetpts=PTS+gte(T\\,2)*0.006/TB"]],
  ])("%s", async (name, shift) => {
    const file = join(bench.folder, `plain-${name}`);
    const source = ["-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP, "-t", "8"];
    await generate([...source, ...H264, "-c:a", "aac", ...shift, file]);
    const done = await transcodeWithAudio(bench, name, ["-i", file, "-c", "copy", "-copyts"]);
    const [frames, audio] = [
      await brightness(await joinLowestRendition(bench, done)),
      await samples(await joinRendition(bench, done, "audio-0")),
    ];
    const rate = done.plan.grid.frameRate.num / done.plan.grid.frameRate.den;
    // As a player shows the source, because generating it also moved the shifted frames to a grid.
    const expected = await sourceLag(join(bench.folder, name));
    const lag = lagOf(flashes(frames, rate), beeps(audio));
    // The first frame of a late video track, with the first mark, is shown from the start.
    expect(lag.marks).toBeGreaterThan(4);
    expect(Math.abs(lag.seconds - expected)).toBeLessThan(0.02);
  });
});

it("a video track that begins after hundreds of audio packets is found", async () => {
  const done = await planGenerated(bench, "video-much-later.mp4", [
    ...["-f", "lavfi", "-i", "sine=d=10", "-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=2"],
    ...["-vf", "setpts=PTS+8/TB", "-vsync", "0", ...H264, "-c:a", "aac"],
  ]);
  expect(done.plan.source.video.startTime).toBeCloseTo(8, 1);
  expect(done.plan.grid).toMatchObject({ frameRate: { num: 25, den: 1 }, totalFrames: 250 });
});

/** Slides at 2 frames per second for over a minute, then two seconds at 30, in thirtieths of a second. */
const SLIDES = "if(lt(N,130),N*15,1950+N-130)";

it.each(["slides.mkv", "slides.mp4"])("%s begins with slides and loses no frame", async (name) => {
  const geq = "geq=lum='20+mod(N*7\\,30)*7':cb=128:cr=128";
  const done = await transcodeLowest(bench, name, [
    ...["-f", "lavfi", "-i", `color=c=black:s=64x48:r=30:d=6.3333,format=yuv420p,${geq}`],
    ...["-vf", `setpts='${SLIDES}'`, "-vsync", "0", ...H264],
  ]);
  expect(done.plan.grid.frameRate).toEqual({ num: 30, den: 1 });
  const frames = await brightness(await joinLowestRendition(bench, done));
  const shown = frames.filter((value, index) => Math.abs(value - (frames[index - 1] ?? 0)) > 4);
  expect(shown).toHaveLength(190);
});
