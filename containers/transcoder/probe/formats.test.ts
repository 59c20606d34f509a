import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  probeFile,
  quickTools,
  samples,
  startBench,
  tools,
} from "../../../tests/support/transcoder/bench.ts";
import { capabilitiesOf } from "../../../tests/support/transcoder/capabilities.ts";
import {
  BEEP,
  beeps,
  FLASH,
  flashes,
  lagOf,
  sourceLag,
} from "../../../tests/support/transcoder/flash.ts";
import {
  transcodeGenerated,
  transcodeLowest,
  H264,
  joinLowestRendition,
  joinRendition,
} from "../../../tests/support/transcoder/video.ts";

const { encoders } = await capabilitiesOf(tools);
let bench: Bench;
let quickBench: Bench;
beforeAll(async () => {
  bench = await startBench();
  quickBench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(async () => {
  await quickBench[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const RATE = 25;
const FRAMES = 75;
const SOURCE = ["-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP, "-t", String(FRAMES / RATE)];
const AV1 = encoders.has("libsvtav1")
  ? ["-c:v", "libsvtav1", "-preset", "12", "-s", "128x96"]
  : ["-c:v", "libaom-av1", "-strict", "experimental", "-cpu-used", "8"];

/** An AVI file as an interrupted recorder leaves it: without the index after the frames. */
const withoutIndex = (avi: Buffer): Buffer => avi.subarray(0, avi.lastIndexOf("idx1"));

const S302M = ["-strict", "-2", "-ar", "48000", "-ac", "2"];
/** Common containers and codecs. */
const FORMATS: [name: string, args: string[], change?: (bytes: Buffer) => Buffer][] = [
  ["h264.mov", [...H264, "-bf", "2", "-c:a", "pcm_s16le"]],
  ["h264.m2ts", [...H264, "-bf", "2", "-c:a", "ac3"]],
  ["latm.ts", ["-c:v", "mpeg2video", "-c:a", "aac", "-mpegts_flags", "latm"]],
  ["ima.mov", [...H264, "-c:a", "adpcm_ima_qt"]],
  ["hevc10.mkv", ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"]],
  ["av1.mkv", [...AV1, "-c:a", "libopus"]],
  ["vp9.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]],
  ["live.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-live", "1"]],
  // The noise is needed because ffmpeg 7.1's encoder drops repeated frames and gives the others wrong times.
  [
    "theora.ogg",
    ["-vf", "noise=alls=40:allf=t", "-c:v", "libtheora", "-q:v", "9", "-c:a", "libvorbis"],
  ],
  ["mpeg2.mpg", ["-c:v", "mpeg2video", "-c:a", "mp2"]],
  ["h264.avi", [...H264, "-bf", "2", "-c:a", "pcm_s16le"]],
  ["mpeg4.avi", ["-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame"]],
  ["no-index.avi", ["-c:v", "mpeg4", "-c:a", "libmp3lame"], withoutIndex],
  ["prores.mov", ["-c:v", "prores_ks", "-c:a", "pcm_s24le"]],
  ["h263.3gp", ["-c:v", "h263", "-s", "176x144", "-c:a", "aac"]],
  ["wmv.wmv", ["-c:v", "wmv2", "-c:a", "wmav2"]],
  ["mpeg2.mxf", ["-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"]],
  ["ffv1.nut", ["-c:v", "ffv1", "-c:a", "pcm_f64le"]],
  ["s302m.ts", ["-c:v", "mpeg2video", "-c:a", "s302m", ...S302M]],
  ["rv10.rm", ["-c:v", "rv10", "-c:a", "ac3", "-ac", "2"]],
  ["huffyuv.avi", ["-c:v", "huffyuv", "-pix_fmt", "yuv422p", "-c:a", "adpcm_yamaha"]],
  ["utvideo.mkv", ["-c:v", "utvideo", "-c:a", "wavpack"]],
  ["g726.mkv", ["-c:v", "mpeg4", "-c:a", "g726", "-ar", "8000", "-ac", "1", "-b:a", "32k"]],
  ["zmbv.avi", ["-c:v", "zmbv", "-c:a", "pcm_u8"]],
  ["v210.mov", ["-c:v", "v210", "-c:a", "pcm_s24le"]],
  ["cinepak.mov", ["-c:v", "cinepak", "-c:a", "alac"]],
  ["msvideo1.avi", ["-c:v", "msvideo1", "-c:a", "adpcm_ms"]],
  ["screen.flv", ["-c:v", "flashsv2", "-s", "64x48", "-ar", "44100", "-c:a", "libmp3lame"]],
  ["sorenson.flv", ["-c:v", "flv", "-ar", "44100", "-c:a", "libmp3lame"]],
];

/** Every second format is for the packaged ffmpeg, which starts faster, and the others for that of this computer. */
const QUICK_FORMATS = new Set(FORMATS.map(([name]) => name).filter((_, index) => index % 2 === 0));

describe("every format is transcoded completely and stays in sync", () => {
  it.each(FORMATS)("%s", async (name, args, change) => {
    const on = QUICK_FORMATS.has(name) ? quickBench : bench;
    const done = await transcodeGenerated(on, name, [...SOURCE, ...args], change);
    const { num, den } = done.plan.grid.frameRate;
    expect(num / den).toBeCloseTo(RATE, 1);
    const [video, audio] = [
      await joinLowestRendition(on, done),
      await joinRendition(on, done, "audio-0"),
    ];
    const frames = await brightness(video);
    // H.264 in AVI starts two frames late.
    const tolerance = name === "h264.avi" ? 2 : 1;
    expect(Math.abs(frames.length - FRAMES)).toBeLessThanOrEqual(tolerance);
    const decoded = await samples(audio);
    expect(Math.abs(decoded.length / 48_000 - (frames.length * den) / num)).toBeLessThan(0.05);

    const expected = await sourceLag(join(on.folder, name));
    const lag = lagOf(flashes(frames, num / den), beeps(decoded));
    expect(lag.marks).toBeGreaterThan(2);
    expect(Math.abs(lag.seconds - expected)).toBeLessThan(0.02);
  });
});

describe("an animated image or a raw stream is transcoded completely", () => {
  const testsrc = ["-f", "lavfi", "-i", "testsrc=s=160x96:r=10:d=3", "-pix_fmt"];
  it.each([
    ["animated.gif", ["rgb8"]],
    ["animated.apng", ["rgb24", "-f", "apng"]],
    ["raw.y4m", ["yuv420p"]],
    ["raw.h264", ["yuv420p", "-c:v", "libx264", "-bf", "2"]],
    ["raw.m2v", ["yuv420p", "-r", "25", "-c:v", "mpeg2video"]],
  ])("%s", async (name, args) => {
    const done = await transcodeGenerated(bench, name, [...testsrc, ...args]);
    const frames = await brightness(await joinLowestRendition(bench, done));
    expect(frames).toHaveLength(done.plan.grid.totalFrames);
    // Builds of ffmpeg read different frame rates from a raw H.264 stream, but all of its frames are there.
    const expected = name.endsWith("m2v") ? 75 : 30;
    expect(Math.abs(frames.length - expected)).toBeLessThanOrEqual(name.endsWith("h264") ? 60 : 1);
  });
});

it("a frame rate above 60 is reduced evenly", async () => {
  const fast = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=480:d=1"];
  const done = await transcodeLowest(bench, "fast.mkv", [...fast, ...H264]);
  expect(done.plan.grid.frameRate).toEqual({ num: 60, den: 1 });
});

describe("an AVI file without an index is remuxed", () => {
  it.each([
    ["cut-off.avi", ["-c:v", "mpeg4"], true],
    ["whole.avi", ["-c:v", "mpeg4"], false],
  ] as const)("%s", async (name, args, remuxed) => {
    const done = await transcodeLowest(
      bench,
      name,
      [...SOURCE, ...args],
      remuxed ? withoutIndex : undefined,
    );
    expect(done.source !== name).toBe(remuxed);
  });
});

it("an excerpt of a transport stream that does not begin with a keyframe plays from its first complete frame", async () => {
  const testsrc = ["-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=3"];
  const done = await transcodeLowest(bench, "cut.ts", [...testsrc, ...H264, "-g", "30"], (bytes) =>
    bytes.subarray(188 * Math.floor(bytes.length / 188 / 6)),
  );
  expect(done.plan.grid.totalFrames).toBeGreaterThanOrEqual(40);
  expect((await probeFile(await joinLowestRendition(bench, done))).packets).toHaveLength(
    done.plan.grid.totalFrames,
  );
});
