import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  probeFile,
  samples,
  startBench,
  tools,
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
import { probeCapabilities } from "../runtime/capabilities.ts";

const { encoders } = await probeCapabilities(tools);
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const RATE = 25;
const FRAMES = 75;
const SOURCE = ["-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP, "-t", String(FRAMES / RATE)];
const AV1 = encoders.has("libsvtav1")
  ? ["-c:v", "libsvtav1", "-preset", "12", "-s", "128x96"]
  : ["-c:v", "libaom-av1", "-strict", "experimental", "-cpu-used", "8"];

/** What a recorder that was cut off leaves: no index behind the frames. */
const withoutIndex = (avi: Buffer): Buffer => avi.subarray(0, avi.lastIndexOf("idx1"));

/** Containers and codecs that people upload. */
const FORMATS: [name: string, args: string[], change?: (bytes: Buffer) => Buffer][] = [
  ["h264.mov", [...H264, "-bf", "2", "-c:a", "pcm_s16le"]],
  ["h264.m2ts", [...H264, "-bf", "2", "-c:a", "ac3"]],
  ["latm.ts", ["-c:v", "mpeg2video", "-c:a", "aac", "-mpegts_flags", "latm"]],
  ["ima.mov", [...H264, "-c:a", "adpcm_ima_qt"]],
  ["hevc10.mkv", ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"]],
  ["av1.mkv", [...AV1, "-c:a", "libopus"]],
  ["vp9.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]],
  ["live.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-live", "1"]],
  ["theora.ogg", ["-c:v", "libtheora", "-q:v", "9", "-c:a", "libvorbis"]],
  ["mpeg2.mpg", ["-c:v", "mpeg2video", "-c:a", "mp2"]],
  ["mpeg4.avi", ["-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame"]],
  ["no-index.avi", ["-c:v", "mpeg4", "-c:a", "libmp3lame"], withoutIndex],
  ["prores.mov", ["-c:v", "prores_ks", "-c:a", "pcm_s24le"]],
  ["h263.3gp", ["-c:v", "h263", "-s", "176x144", "-c:a", "aac"]],
  ["wmv.wmv", ["-c:v", "wmv2", "-c:a", "wmav2"]],
  ["sorenson.flv", ["-c:v", "flv", "-ar", "44100", "-c:a", "libmp3lame"]],
];

describe("every format comes out whole and in step", () => {
  it.each(FORMATS)("%s", async (name, args, change) => {
    const done = await film(bench, name, [...SOURCE, ...args], change);
    const { num, den } = done.plan.grid.frameRate;
    expect(num / den).toBeCloseTo(RATE, 1);
    const [picture, sound] = [
      await joinPicture(bench, done),
      await joinRendition(bench, done, "audio-0"),
    ];
    const frames = await brightness(picture);
    // Theora leaves a picture that stands still out, also at its end: up to half a second is then not made up for.
    expect(Math.abs(frames.length - FRAMES)).toBeLessThanOrEqual(name.endsWith("ogg") ? 12 : 1);
    const loud = await samples(sound);
    expect(Math.abs(loud.length / 48_000 - (frames.length * den) / num)).toBeLessThan(0.05);

    const expected = await sourceLag(join(bench.folder, name));
    const lag = lagOf(flashes(frames, num / den), beeps(loud));
    expect(lag.marks).toBeGreaterThan(2);
    expect(Math.abs(lag.seconds - expected)).toBeLessThan(0.02);
  });
});

describe("a source without an index at its end is copied into one that has it", () => {
  it.each([
    ["cut-off.avi", ["-c:v", "mpeg4"], true],
    ["whole.avi", ["-c:v", "mpeg4"], false],
  ] as const)("%s", async (name, args, remuxed) => {
    const done = await film(bench, name, [...SOURCE, ...args], remuxed ? withoutIndex : undefined);
    expect(done.source !== name).toBe(remuxed);
  });
});

it("a cut out of a transport stream, whose first frame is no keyframe, plays from its first whole picture", async () => {
  const testsrc = ["-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=3"];
  const done = await film(bench, "cut.ts", [...testsrc, ...H264, "-g", "30"], (bytes) =>
    bytes.subarray(188 * Math.floor(bytes.length / 188 / 6)),
  );
  expect(done.plan.grid.totalFrames).toBeGreaterThanOrEqual(40);
  expect((await probeFile(await joinPicture(bench, done))).packets).toHaveLength(
    done.plan.grid.totalFrames,
  );
});
