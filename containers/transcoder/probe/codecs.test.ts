import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  difference,
  generate,
  shownFrame,
  startBench,
  tools,
} from "../../../tests/support/transcoder/bench.ts";
import { capabilitiesOf } from "../../../tests/support/transcoder/capabilities.ts";
import {
  encodePlanned,
  ONLY_LOWEST,
  planSource,
} from "../../../tests/support/transcoder/pipeline.ts";
import { H264, joinLowestRendition } from "../../../tests/support/transcoder/video.ts";

const { encoders } = await capabilitiesOf(tools);
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const RATE = 25;
const FRAMES = 20;
/**
 * Bytes of a DV frame in PAL. ffmpeg's muxer waits for audio and omits the end; some builds omit three frames more than
 * others.
 */
const DV_FRAME_BYTES = 144_000;
const LENGTH = ["-frames:v", String(FRAMES)];
const picture = (size: string): string[] => ["-f", "lavfi", "-i", `testsrc2=s=${size}:r=${RATE}`];
const PICTURE = picture("256x128");

/** Codecs and containers of editors, recorders and old files that formats.test.ts does not cover. */
const CODECS: [name: string, encoder: string, picture: string[], options?: string[]][] = [
  ["dnxhr.mov", "dnxhd", PICTURE, ["-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p"]],
  ["dnxhd.mxf", "dnxhd", picture("1280x720"), ["-b:v", "60M", "-pix_fmt", "yuv422p"]],
  ["cineform.mov", "cfhd", PICTURE, ["-pix_fmt", "yuv422p10le"]],
  ["jpeg2000.mov", "jpeg2000", PICTURE, ["-pix_fmt", "yuv420p", "-q:v", "1"]],
  ["ffvhuff.avi", "ffvhuff", PICTURE, ["-pix_fmt", "yuv420p"]],
  ["magicyuv.avi", "magicyuv", PICTURE, ["-pix_fmt", "yuv422p"]],
  ["rgb.avi", "rawvideo", PICTURE, ["-pix_fmt", "bgr24"]],
  ["uyvy.mov", "rawvideo", PICTURE, ["-pix_fmt", "uyvy422"]],
  ["svq1.mov", "svq1", PICTURE, ["-q:v", "2"]],
  ["rpza.mov", "rpza", PICTURE],
  ["qtrle.mov", "qtrle", PICTURE],
  ["png.mov", "png", PICTURE],
  ["flashsv.flv", "flashsv", PICTURE],
  ["msmpeg4.avi", "msmpeg4", PICTURE, ["-q:v", "2"]],
  ["wmv1.asf", "wmv1", PICTURE, ["-q:v", "2"]],
  // Old Matroska files, with the headers of AVI and of QuickTime.
  ["vfw.mkv", "wmv1", PICTURE, ["-q:v", "2"]],
  ["quicktime.mkv", "svq1", PICTURE, ["-q:v", "2"]],
  ["snow.avi", "snow", PICTURE, ["-q:v", "2", "-strict", "-2"]],
  ["ljpeg.avi", "ljpeg", PICTURE, ["-strict", "-1"]],
  ["motion.avi", "mjpeg", PICTURE, ["-pix_fmt", "yuvj420p", "-q:v", "2"]],
  ["raw.hevc", "libx265", PICTURE, ["-preset", "ultrafast"]],
  ["hevc.avi", "libx265", PICTURE, ["-preset", "ultrafast", "-tag:v", "HEVC"]],
  ["raw.m4v", "mpeg4", PICTURE, ["-q:v", "2"]],
  ["raw-b-frames.m4v", "mpeg4", PICTURE, ["-q:v", "2", "-bf", "2"]],
  ["raw.ivf", "libvpx", PICTURE, ["-deadline", "realtime", "-b:v", "2M"]],
  [
    "tape.dv",
    "dvvideo",
    picture("720x576"),
    ["-f", "lavfi", "-i", "sine=r=48000:d=2", "-pix_fmt", "yuv420p", "-ac", "2"],
  ],
];

/** The right content at `SHOWN_SECONDS` of a picture that many sources have. */
const references = new Map<string[], Promise<Buffer>>();
const SHOWN_SECONDS = 0.42;
async function referenceOf(frames: string[]): Promise<Buffer> {
  const file = join(bench.folder, `reference-${references.size}.mkv`);
  await generate([...frames, ...LENGTH, ...H264, "-pix_fmt", "yuv420p", file]);
  return shownFrame(file, SHOWN_SECONDS, 32, 16);
}

describe("every frame of a source is present with the right content", () => {
  it.each(CODECS.filter(([, encoder]) => encoders.has(encoder)))(
    "%s",
    async (name, encoder, frames, options = []) => {
      const file = join(bench.folder, name);
      await generate([...frames, ...options, ...LENGTH, "-c:v", encoder, file]);
      bench.storage.link(name, file);
      const planned = await planSource(bench.runner, bench.storage, name);
      expect(planned.outcome).toMatchObject({ type: "done" });
      const done = await encodePlanned(bench.runner, bench.storage, planned, ONLY_LOWEST);
      if (done.type === "failed") throw new Error(`${done.task}: ${done.code}`);
      const shown = await joinLowestRendition(bench, done);
      // Without presentation times, the first frames appear when the decoder completes them.
      const written = name.endsWith("dv") ? (await stat(file)).size / DV_FRAME_BYTES : FRAMES;
      const late = (await brightness(shown)).length - written;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(name.includes("hevc") ? 2 : 0);
      const reference = references.get(frames) ?? referenceOf(frames);
      references.set(frames, reference);
      const seen = await shownFrame(shown, SHOWN_SECONDS + late / RATE, 32, 16);
      expect(difference(seen, await reference)).toBeLessThan(16);
    },
  );
});
