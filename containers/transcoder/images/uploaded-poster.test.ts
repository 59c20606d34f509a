import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import {
  type Bench,
  generate,
  middleColour,
  probeFile,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
let source: SourceInfo;

beforeAll(async () => {
  bench = await startBench();
  const file = join(bench.folder, "blue.mp4");
  await generate([
    ...["-f", "lavfi", "-t", "1", "-i", "color=c=blue:s=64x48:r=10"],
    ...["-c:v", "libx264", "-preset", "ultrafast", file],
  ]);
  bench.storage.link("source", file);
  const settings = { ...SETTINGS, loudness: false };
  const inputs = { source: "source" };
  const spec = { kind: "plan" as const, settings, remuxed: false };
  const { outcome } = await runTask(bench.runner, bench.storage, inputs, spec);
  if (outcome.type === "failed" || outcome.result.kind !== "plan") throw new Error("no plan");
  ({ source } = outcome.result.plan);
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** Makes the images of the blue video with an uploaded image as its poster. */
async function imagesWith(file: string) {
  bench.storage.link("picture", file);
  const { limits } = SETTINGS;
  const spec = { kind: "images" as const, source, posterAt: null, uploadedPoster: "1", limits };
  const inputs = { source: "source", poster: "picture" };
  const { outcome, outputs } = await runTask(bench.runner, bench.storage, inputs, spec);
  const [poster = "", small = ""] = ["poster-large.jpg", "poster-small.jpg"].map((each) =>
    join(bench.folder, outputs["files"] ?? "", each),
  );
  return { outcome, poster, small };
}

it.each([
  ["wide.jpg", "640x100", []],
  ["high.png", "100x640", []],
  ["square.webp", "300x300", ["-c:v", "libwebp"]],
  ["still.avif", "320x180", ["-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8"]],
])("%s becomes a poster of 1280 × 720, and a small one", async (name, size, options) => {
  const file = join(bench.folder, name);
  const red = ["-f", "lavfi", "-i", `color=c=red:s=${size}`, "-frames:v", "1"];
  await generate([...red, "-metadata", "comment=a place", ...options, file]);
  const { outcome, poster, small } = await imagesWith(file);
  expect(outcome).toMatchObject({ type: "done", result: { poster: "poster-large.jpg" } });
  const { streams } = await probeFile(poster);
  expect(streams[0]).toMatchObject({ codec_name: "mjpeg", width: 1280, height: 720 });
  expect((await probeFile(small)).streams[0]).toMatchObject({ width: 768, height: 432 });
  for (const image of [poster, small]) {
    const [red8 = 0, , blue8 = 0] = await middleColour(image);
    expect(red8).toBeGreaterThan(200);
    expect(blue8).toBeLessThan(60);
  }
  expect((await readFile(poster)).includes("a place")).toBe(false);
});

/** A PNG whose header claims this width and height. */
function vastPng(side: number): Buffer {
  const header = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const size = Buffer.alloc(8);
  size.writeUInt32BE(side, 0);
  size.writeUInt32BE(side, 4);
  return Buffer.concat([header, size, Buffer.from("0802000000", "hex"), Buffer.alloc(200)]);
}

it.each<[string, Buffer]>([
  ["a JPEG of noise", Buffer.concat([Buffer.from("ffd8ffe0", "hex"), Buffer.alloc(5000, 7)])],
  ["a PNG with the pixels of a city", vastPng(60_000)],
  ["a playlist that names files", Buffer.from("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")],
  ["an AVIF without a picture", Buffer.from("\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "latin1")],
  ["nothing", Buffer.alloc(0)],
])("%s is refused permanently", async (name, bytes) => {
  const file = join(bench.folder, name.replaceAll(" ", "-"));
  await writeFile(file, bytes);
  const { outcome } = await imagesWith(file);
  expect(outcome).toMatchObject({ type: "failed", code: "unreadable_poster", permanent: true });
});
