import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  difference,
  interlacedShare,
  shownFrame,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { fieldPictures } from "../../../tests/support/transcoder/field-pictures.ts";
import { mpeg2Fields } from "../../../tests/support/transcoder/mpeg2-fields.ts";
import {
  joinLowestRendition,
  planGenerated,
  transcodeLowest,
} from "../../../tests/support/transcoder/video.ts";
import { interlacingOf } from "./interlacing.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** Frames whose fields show 50 different moments per second. */
const FIELDS = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=50:d=1.2", "-vf"];
const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "10"];

const FLAGGED = ["-flags", "+ildct+ilme"];

describe("a video whose frames are interlaced, whatever its header says, is deinterlaced", () => {
  it.each([
    ["dv.avi", ["tinterlace=interleave_bottom", "-c:v", "dvvideo", "-pix_fmt", "yuv420p"]],
    ["dv.mov", ["tinterlace=interleave_bottom", "-c:v", "dvvideo", "-pix_fmt", "yuv420p"]],
    ["mpeg4.avi", ["tinterlace=interleave_top", "-c:v", "mpeg4", "-q:v", "2", ...FLAGGED]],
    ["mbaff.mkv", ["tinterlace=interleave_top", ...X264, ...FLAGGED, "-x264opts", "tff=1"]],
    // MP4 does not mark fields: H.264 has no `fiel` box in it.
    ["mbaff.mp4", ["tinterlace=interleave_top", ...X264, ...FLAGGED, "-x264opts", "tff=1"]],
    ["telecine.mkv", ["fps=24,telecine", ...X264, ...FLAGGED, "-x264opts", "tff=1"]],
    ["mpeg2.ts", ["tinterlace=interleave_bottom", "-c:v", "mpeg2video", "-q:v", "2", ...FLAGGED]],
  ])("%s", async (name, args) => {
    const done = await transcodeLowest(bench, name, [...FIELDS, ...args]);
    expect(done.plan.source.video.interlaced).toBe(true);
    expect(await interlacedShare(await joinLowestRendition(bench, done))).toBeLessThan(0.1);
  });
});

describe("fields coded as separate pictures (PAFF) become frames without combing", () => {
  it.each(["paff.mkv", "paff.mp4", "paff.ts", "paff.avi"])("%s", async (name) => {
    const raw = join(bench.folder, "paff.h264");
    await writeFile(raw, fieldPictures(320, 256, 50));
    const done = await transcodeLowest(bench, name, ["-f", "h264", "-i", raw, "-c", "copy"]);
    expect(done.plan.source.video.interlaced).toBe(true);
    expect(done.plan.grid.frameRate).toEqual({ num: 25, den: 1 });
    expect(Math.abs(done.plan.grid.totalFrames - 50)).toBeLessThanOrEqual(1);
    expect(await interlacedShare(await joinLowestRendition(bench, done))).toBeLessThan(0.1);
  });
});

describe("MPEG-2 fields coded as separate pictures become frames without combing", () => {
  it.each(["fields.mkv", "fields.ts", "fields.mpg", "fields.mov", "fields.m2v"])(
    "%s",
    async (name) => {
      const raw = join(bench.folder, "fields.mpeg2");
      await writeFile(raw, mpeg2Fields(320, 256, 50));
      const input = ["-f", "mpegvideo", "-fflags", "+genpts", "-i", raw, "-c", "copy"];
      const done = await transcodeLowest(bench, name, input);
      expect(done.plan.source.video.interlaced).toBe(true);
      expect(done.plan.grid.frameRate).toEqual({ num: 25, den: 1 });
      expect(Math.abs(done.plan.grid.totalFrames - 50)).toBeLessThanOrEqual(1);
      expect(await interlacedShare(await joinLowestRendition(bench, done))).toBeLessThan(0.1);
    },
  );
});

it("HEVC fields, which decoders output as frames of half the height, keep their aspect ratio and full motion", async () => {
  const fields = ["tinterlace=interleave_top,separatefields", "-c:v", "libx265", "-preset"];
  const done = await transcodeLowest(bench, "fields-hevc.mkv", [
    ...[...FIELDS, ...fields, "ultrafast", "-x265-params", "interlace=tff:log-level=error"],
  ]);
  const { video } = done.plan.source;
  expect(video).toMatchObject({ width: 720, height: 576, codedHeight: 288, interlaced: false });
  expect(done.plan.grid.frameRate).toEqual({ num: 50, den: 1 });
  const [frame, own] = [
    await shownFrame(await joinLowestRendition(bench, done), 1.01, 45, 36),
    await shownFrame(join(bench.folder, "fields-hevc.mkv"), 1.01, 45, 36),
  ];
  expect(difference(frame, own)).toBeLessThan(12);
});

it("a progressive video that is flagged as interlaced is not deinterlaced", async () => {
  const done = await planGenerated(bench, "flagged.mp4", [
    ...["-f", "lavfi", "-i", "testsrc=s=720x576:r=25:d=3", ...X264],
    ...[...FLAGGED, "-x264opts", "tff=1", "-pix_fmt", "yuv420p"],
  ]);
  expect(done.plan.source.video.interlaced).toBe(false);
});

it("a moving pattern that only looks interlaced is not deinterlaced", async () => {
  const pattern = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=3"];
  const done = await planGenerated(bench, "pattern.mp4", [...pattern, ...X264]);
  expect(done.plan.source.video.interlaced).toBe(false);
});

it.each([
  ["too few frames: the claim counts", true, [2, 0, 3], { interlaced: true }],
  ["telecine", true, [40, 0, 60], { interlaced: true, fieldOrder: "tff" }],
  ["frames of either order", true, [20, 20, 20], { interlaced: true }],
  ["progressive frames", true, [1, 0, 90], { interlaced: false }],
  ["no claim", false, [90, 0, 1], { interlaced: false }],
] as const)("%s", (_, claimed, [tff, bff, progressive], expected) => {
  expect(interlacingOf(claimed, { tff, bff, progressive })).toEqual(expected);
});
