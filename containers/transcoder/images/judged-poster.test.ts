import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { H264, transcodeGenerated } from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

it("the poster is exactly the frame that was rated, not one nearby", async () => {
  // The test image flashes for half of each storyboard interval, and the video is black in between.
  const done = await transcodeGenerated(bench, "flashing.mp4", [
    ...["-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=8"],
    ...["-vf", "drawbox=t=fill:color=black:enable='lt(mod(t,0.8),0.4)*gt(t,0.1)'", ...H264],
  ]);
  const images = done.results["images"];
  const folder = join(bench.folder, images?.outputs["files"] ?? "");
  const [poster = 0] = await brightness(join(folder, "poster.jpg"));
  const [storyboard = 0] = await brightness(join(folder, "storyboard.jpg"));
  expect(poster).toBeGreaterThan(60);
  expect(storyboard).toBeGreaterThan(0);
});

it("the poster of a video that fades in from black is not black", async () => {
  const done = await transcodeGenerated(bench, "fade.mp4", [
    ...["-f", "lavfi", "-i", "testsrc=s=320x180:r=30:d=8", "-vf", "fade=in:st=0:d=1.55", ...H264],
  ]);
  const folder = join(bench.folder, done.results["images"]?.outputs["files"] ?? "");
  const [poster = 0] = await brightness(join(folder, "poster.jpg"));
  expect(poster).toBeGreaterThan(60);
});
