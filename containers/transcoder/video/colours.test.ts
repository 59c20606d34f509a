import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, middleColour, startBench } from "../../../tests/support/transcoder/bench.ts";
import { LOWEST } from "../../../tests/support/transcoder/pipeline.ts";
import {
  H264,
  posterFile,
  transcodeGenerated,
  joinLowestRendition,
} from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** Red, green and blue; saturated, so that a wrong matrix is obvious. */
const COLOUR = [200, 40, 20];
/** A video of that colour with a blinking edge, because QuickTime's RLE leaves out unchanged frames. */
function patch(size: string, format: string): string[] {
  return [
    ...["-f", "lavfi", "-i", `color=s=${size}:r=5:d=1,format=gbrp`],
    ...["-vf", `geq=r='200-99*lt(X,9)*mod(N,2)':g=40:b=20,${format}`],
  ];
}
const rgb = (size: string, format: string): string[] => patch(size, `format=${format}`);
function coded(size: string, matrix: string): string[] {
  return patch(size, `scale=out_color_matrix=${matrix}:out_range=tv,format=yuv444p`);
}

it.each([
  ["rgb.mov", [...rgb("1280x720", "rgb24"), "-c:v", "qtrle"]],
  ["rgb-alpha.mov", [...rgb("1280x720", "argb"), "-c:v", "qtrle"]],
  ["rgb-small.mov", [...rgb("320x240", "rgb24"), "-c:v", "png"]],
  ["palette.mkv", [...rgb("1280x720", "pal8"), "-c:v", "png"]],
  ["planar.mkv", [...rgb("1280x720", "gbrp"), "-c:v", "ffv1"]],
  ["bt709.mp4", [...coded("1280x720", "bt709"), ...H264, "-colorspace", "bt709"]],
  ["bt601.mp4", [...coded("1280x720", "bt601"), ...H264, "-colorspace", "smpte170m"]],
  ["untagged.mp4", [...coded("1280x720", "bt709"), ...H264]],
  ["untagged-small.mp4", [...coded("320x240", "bt601"), ...H264]],
  ["bt2020.mp4", [...coded("1280x720", "bt2020"), ...H264, "-colorspace", "bt2020nc"]],
])("%s keeps its colours in the video and the poster", async (name, args) => {
  const done = await transcodeGenerated(bench, name, args, undefined, LOWEST);
  const poster = posterFile(bench, done);
  for (const file of [await joinLowestRendition(bench, done), poster]) {
    const colour = await middleColour(file);
    const errors = COLOUR.map((value, channel) => Math.abs((colour[channel] ?? 255) - value));
    expect(Math.max(...errors)).toBeLessThan(8);
  }
});
