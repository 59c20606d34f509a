import { readFile, writeFile } from "node:fs/promises";
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
  H264,
  joinLowestRendition,
  joinRendition,
  planGenerated,
  transcodeGenerated,
  transcodeLowest,
  transcodeWithAudio,
} from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const VIDEO = ["-f", "lavfi", "-i", "testsrc=s=160x96:r=25:d=3"];
const AUDIO = ["-f", "lavfi", "-i", "sine=d=3:r=48000"];
/** A single frame that is larger than the video. */
const COVER = ["-f", "lavfi", "-i", "color=red:s=640x480:r=1:d=1"];

describe("H.264 in AVI, whose packets have no presentation times", () => {
  it.each([
    ["without B-frames", "0", 75],
    // Players show the first frame when the decoder completes it, two frames later.
    ["with B-frames", "3", 77],
  ])("%s is transcoded completely", async (_, bFrames, frames) => {
    const done = await transcodeGenerated(bench, `h264-${bFrames}.avi`, [
      ...[...VIDEO, ...AUDIO, ...H264, "-bf", bFrames, "-c:a", "pcm_s16le"],
    ]);
    expect(done.plan.grid.totalFrames).toBe(frames);
    expect(await brightness(await joinLowestRendition(bench, done))).toHaveLength(frames);
  });
});

it("H.264 with B-frames in old Matroska, which stores only decoding times, is transcoded completely", async () => {
  const fourcc = (from: string, to: string) => (file: Buffer) =>
    Buffer.from(file.toString("latin1").replaceAll(from, to), "latin1");
  const avi = join(bench.folder, "h264.avi");
  await generate([...VIDEO, ...H264, "-bf", "3", avi]);
  // ffmpeg writes the header of AVI files (V_MS/VFW/FOURCC) for a codec without a Matroska name.
  await writeFile(avi, fourcc("H264", "FLV1")(await readFile(avi)));
  const copy = ["-i", avi, "-c", "copy"];
  const done = await transcodeGenerated(bench, "vfw.mkv", copy, fourcc("FLV1", "H264"));
  expect(done.plan.source.video).toMatchObject({ codec: "h264", width: 160 });
  // As in AVI files, players show the first frame when the decoder completes it.
  expect(done.plan.grid.totalFrames).toBe(77);
  expect(await brightness(await joinLowestRendition(bench, done))).toHaveLength(77);
});

describe("a track that is not needed and that no decoder may read", () => {
  it.each([
    ["a TIFF cover", "tiff"],
    ["a GIF cover", "gif"],
  ])("%s is ignored", async (_, codec) => {
    const done = await transcodeLowest(bench, `${codec}.mkv`, [
      ...[...COVER, ...VIDEO, "-map", "0", "-map", "1", "-c:v:0", codec, "-c:v:1", "libx264"],
    ]);
    expect(done.plan.source.video).toMatchObject({ index: 1, codec: "h264", width: 160 });
    expect(done.plan.grid.totalFrames).toBe(75);
  });
});

it("an attached BMP cover is ignored", async () => {
  const cover = join(bench.folder, "cover.bmp");
  await generate([...COVER, "-frames:v", "1", cover]);
  const done = await transcodeLowest(bench, "bmp.mkv", [
    ...[...VIDEO, ...H264, "-attach", cover, "-metadata:s:t", "mimetype=image/bmp"],
  ]);
  expect(done.plan.source.video).toMatchObject({ codec: "h264", width: 160 });
  expect(done.plan.grid.totalFrames).toBe(75);
});

it("an audio track without an allowed decoder is left out, and the creator is told", async () => {
  const done = await transcodeWithAudio(bench, "unreadable.nut", [
    ...[...VIDEO, ...AUDIO, ...AUDIO, "-map", "0", "-map", "1", "-map", "2", ...H264],
    ...["-c:a:0", "comfortnoise", "-ar:a:0", "8000", "-c:a:1", "mp3"],
    ...["-metadata:s:a:0", "language=ger"],
  ]);
  expect(done.plan.source.audio).toHaveLength(1);
  expect(done.plan.notices).toEqual([{ code: "audio_unreadable", track: "Deutsch" }]);
});

it("a single-frame image is not used as the video, even if it is the first and default track", async () => {
  const done = await transcodeGenerated(bench, "image-first.mkv", [
    ...[...COVER, ...VIDEO, "-map", "0", "-map", "1", "-c:v:0", "mjpeg", "-c:v:1", "libx264"],
    ...["-pix_fmt:v:0", "yuvj420p", "-disposition:v:0", "default", "-disposition:v:1", "0"],
  ]);
  expect(done.plan.source.video).toMatchObject({ index: 1, codec: "h264" });
});

it("the default one of two video tracks is used, even if it is smaller", async () => {
  const done = await transcodeLowest(bench, "two-videos.mkv", [
    ...["-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=2", ...VIDEO, "-map", "0", "-map", "1"],
    ...[...H264, "-disposition:v:0", "0", "-disposition:v:1", "default"],
  ]);
  expect(done.plan.source.video).toMatchObject({ index: 1, width: 160 });
});

it("WavPack beside a short video is played to its end, although Matroska stores no length of its packets", async () => {
  const done = await planGenerated(bench, "wavpack.mkv", [
    ...["-f", "lavfi", "-i", "testsrc=s=160x96:r=25:d=1", "-f", "lavfi", "-i", "sine=d=4:r=44100"],
    ...[...H264, "-c:a", "wavpack"],
  ]);
  expect(done.plan.source.duration).toBeGreaterThan(3.95);
  expect(done.plan.source.duration).toBeLessThan(4.6);
});

it("attachments are not tracks", async () => {
  const font = join(bench.folder, "font.ttf");
  await writeFile(font, Buffer.alloc(1000, 1));
  const done = await transcodeLowest(bench, "fonts.mkv", [
    ...[...VIDEO, ...H264],
    ...Array.from({ length: 120 }, () => ["-attach", font]).flat(),
    ...["-metadata:s:t", "mimetype=application/x-truetype-font"],
  ]);
  expect(done.plan.grid.totalFrames).toBe(75);
});

describe("a video with few frames", () => {
  /** Seconds at which the slides of the video appear, and their brightness. */
  const SLIDES = [0, 1.3, 4.72, 9.5];
  const bright = SLIDES.map((at) => `if(gte(T\\,${at})\\,50\\,0)`).join("+");
  const select = SLIDES.map((at) => `eq(n\\,${Math.round(at * 50)})`).join("+");
  // Frames of which most are left out are made small.
  const slides = `color=black:s=16x16:r=50:d=12,geq=lum='${bright}':cb=128:cr=128,select='${select}',scale=160:96`;

  it.each([
    ["slides.mkv", H264],
    ["slides.mp4", H264],
    ["slides.webm", ["-c:v", "libvpx", "-b:v", "1M", "-c:a", "libvorbis"]],
  ])(
    "%s shows each frame at its time, and the last one while the audio lasts",
    async (name, codec) => {
      const done = await transcodeGenerated(bench, name, [
        ...["-f", "lavfi", "-i", slides, "-f", "lavfi", "-i", "sine=d=12:r=48000"],
        ...["-vsync", "0", ...codec],
      ]);
      expect(done.plan.source.duration).toBeGreaterThan(11.9);
      expect(done.plan.source.duration).toBeLessThan(12.1);
      const frames = await brightness(await joinLowestRendition(bench, done));
      const { num, den } = done.plan.grid.frameRate;
      expect((frames.length * den) / num).toBeCloseTo(12, 1);
      const changes = frames.flatMap((value, index) =>
        Math.abs(value - (frames[index - 1] ?? value)) > 20 ? [(index * den) / num] : [],
      );
      expect(changes).toHaveLength(SLIDES.length - 1);
      changes.forEach((at, index) =>
        expect(Math.abs(at - (SLIDES[index + 1] ?? 0))).toBeLessThan(0.03),
      );
      const audio = await samples(await joinRendition(bench, done, "audio-0"));
      expect(audio.length / 48_000).toBeCloseTo(12, 1);
    },
  );

  it.each([
    ["a second", "1", "podcast.mp4"],
    ["one frame", "0.04", "still.mp4"],
    ["one frame", "0.04", "still.mkv"],
  ])(
    "%s of video with a long audio track gets its poster and storyboard",
    async (_, seconds, name) => {
      const done = await transcodeGenerated(bench, name, [
        ...["-f", "lavfi", "-i", `testsrc=s=160x96:r=25:d=${seconds}`],
        ...["-f", "lavfi", "-i", "sine=d=12:r=48000", ...H264, "-c:a", "aac"],
      ]);
      const frames = await brightness(await joinLowestRendition(bench, done));
      expect(frames).toHaveLength(done.plan.grid.totalFrames);
      expect(Math.min(...frames)).toBeGreaterThan(20);
      expect(done.results["images"]?.outcome).toMatchObject({
        result: { poster: "poster.jpg", storyboard: "storyboard.vtt" },
      });
    },
  );
});
