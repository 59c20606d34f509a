import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Bench,
  generate,
  probeFile,
  shownFrame,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { layoutStoryboard } from "./storyboard.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

function brightness(frame: Buffer): number {
  return frame.reduce((sum, value) => sum + value, 0) / frame.length;
}

it.each([
  ["keyframes every second", ["-g", "10"], false],
  ["keyframes every second, in a file too large to be read", ["-g", "10"], true],
  ["only one keyframe, its black opening", ["-g", "1000", "-sc_threshold", "0"], false],
])("the images of a video with %s show the right moment", async (name, args, isLarge) => {
  const file = join(bench.folder, `${args.length}.mp4`);
  await generate([
    ...["-f", "lavfi", "-t", "13", "-i", "color=c=black:s=64x48:r=10"],
    ...["-f", "lavfi", "-t", "27", "-i", "testsrc=s=64x48:r=10"],
    ...["-filter_complex", "[0]setsar=1[a];[1]setsar=1[b];[a][b]concat=n=2,format=yuv420p"],
    ...["-c:v", "libx264", "-preset", "ultrafast", ...args, file],
  ]);
  bench.storage.link(name, file);
  const inputs = { source: name };
  const settings = { ...SETTINGS, loudness: false };
  const planned = await runTask(bench.runner, bench.storage, inputs, {
    kind: "plan",
    settings,
    remuxed: false,
  });
  if (planned.outcome.type === "failed" || planned.outcome.result.kind !== "plan")
    throw new Error("no plan");
  const { source: small } = planned.outcome.result.plan;
  const source = isLarge ? { ...small, bytes: 10_000_000_000 } : small;
  const { limits } = SETTINGS;
  const spec = { kind: "images" as const, source, posterAt: null, limits };
  const { outcome, outputs } = await runTask(bench.runner, bench.storage, inputs, spec);
  if (outcome.type === "failed" || outcome.result.kind !== "images") throw new Error("no images");
  const imagePath = (path: string) => join(bench.folder, outputs["files"] ?? "", path);

  expect(brightness(await shownFrame(imagePath("poster.jpg"), 0, 16, 12))).toBeGreaterThan(60);

  const { width, height, columns, rows, intervalSeconds } = layoutStoryboard(40, source.video);
  const sheet = await probeFile(imagePath("storyboard.jpg"));
  expect(sheet.streams[0]).toMatchObject({ width: columns * width, height: rows * height });
  const pixels = await shownFrame(imagePath("storyboard.jpg"), 0, columns * width, rows * height);
  function tile(second: number): Buffer {
    const index = Math.floor(second / intervalSeconds);
    const left = (index % columns) * width;
    const top = Math.floor(index / columns) * height;
    return Buffer.concat(
      Array.from({ length: height }, (_, y) => {
        const start = ((top + y) * columns * width + left) * 3;
        return pixels.subarray(start, start + width * 3);
      }),
    );
  }
  expect(brightness(tile(4))).toBeLessThan(10);
  expect(brightness(tile(11))).toBeLessThan(10);
  expect(brightness(tile(15))).toBeGreaterThan(60);
  expect(brightness(tile(39))).toBeGreaterThan(60);

  const preview = await probeFile(imagePath(outcome.result.preview ?? ""));
  // Three excerpts of a second with eight frames each: the demuxer reports a whole WebP animation as one packet.
  if (outcome.result.preview === "preview.gif") expect(preview.packets).toHaveLength(24);
});
