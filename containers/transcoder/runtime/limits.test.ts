import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile } from "../../../tests/support/transcoder/plan-file.ts";
import { box, uint32 } from "../../../tests/support/transcoder/references.ts";
import { runProcess } from "./process.ts";

/** Enough for small frames, shared libraries included (67 MB with Debian's ffmpeg), but not for large ones. */
const SMALL_MEMORY_BYTES = 112 * 1024 ** 2;
const LIMITS = { ...SETTINGS.limits, maxTaskSeconds: 60 };
function plan(bytes: Buffer, limits: Partial<typeof LIMITS> = {}, on = bench) {
  return planFile(on, bytes, { ...SETTINGS, limits: { ...LIMITS, ...limits } });
}
const X264 = ["-c:v", "libx264", "-preset", "ultrafast"];
const color = (options: string): string[] => ["-f", "lavfi", "-i", `color=${options}`];

let bench: Bench;
let small: Bench;
beforeAll(async () => {
  bench = await startBench();
  small = await startBench({ slots: 1, maxMemoryBytes: SMALL_MEMORY_BYTES });
}, 60_000);
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
});

async function make(name: string, args: readonly string[]): Promise<Buffer> {
  const file = join(bench.folder, name);
  await generate([...args, file]);
  return readFile(file);
}

// The limits on time and output are tested in main.test.ts.
describe("each limit on a source has its own failure code", () => {
  it.each<[string, string, Partial<typeof LIMITS>, string[]]>([
    ["too_many_pixels", "bomb.mp4", {}, [...color("s=8192x8192:r=1:d=1"), "-c:v", "mjpeg"]],
    ["too_long", "long.mp4", { maxDuration: 600 }, [...color("s=16x16:r=0.1:d=5000"), ...X264]],
    ["frame_rate_too_high", "fast.mp4", {}, [...color("s=16x16:r=1200:d=1"), ...X264]],
    [
      "too_many_streams",
      "streams.mkv",
      { maxStreams: 64 },
      [
        ...color("s=16x16:r=5:d=1"),
        ...Array.from({ length: 100 }, () => ["-map", "0"]).flat(),
        ...X264,
      ],
    ],
    ["unsupported_format", "odd.mov", {}, [...color("s=16x16:r=5:d=1"), "-c:v", "sgi"]],
  ])("%s", async (code, name, limits, args) => {
    expect(codeOf(await plan(await make(name, args), limits))).toBe(code);
  });

  it("out_of_memory", async () => {
    // Memory is checked twice per second, so reading this file must take longer than that.
    const large = await make("large.mp4", [
      ...["-f", "lavfi", "-i", "testsrc2=s=4096x2304:r=30:d=6"],
      ...[...X264, "-qp", "40"],
    ]);
    expect(codeOf(await plan(large, {}, small))).toBe("out_of_memory");
    const modest = await make("modest.mp4", [...color("s=64x48:r=5:d=1"), ...X264]);
    expect(codeOf(await plan(modest, {}, small))).toBe("done");
  });
});

/** Samples that the tables of an MP4 file claim to have. */
const CLAIMED_SAMPLES = 100_000_000;

it("a small file that claims a hundred million frames fails within the memory limit", async () => {
  const file = await make("frames.mp4", [...color("s=16x16:r=25:d=1"), ...X264]);
  function claim(box: string, field: number, value: number): void {
    const at = file.indexOf(box);
    expect(at).toBeGreaterThan(0);
    file.writeUInt32BE(value, at + field);
  }
  claim("stsz", 8, 1);
  claim("stsz", 12, CLAIMED_SAMPLES);
  claim("stts", 12, CLAIMED_SAMPLES);
  claim("stsc", 16, CLAIMED_SAMPLES);
  expect(["damaged_file", "out_of_memory", "too_long"]).toContain(
    codeOf(await plan(file, {}, small)),
  );
});

it("a small file whose header decompresses to more than the memory limit fails", async () => {
  const header = Buffer.alloc(4 * SMALL_MEMORY_BYTES);
  const packed = box("cmvd", uint32(header.length), deflateSync(header));
  const file = Buffer.concat([
    box("ftyp", "qt  ", uint32(0), "qt  "),
    box("moov", box("cmov", box("dcom", "zlib"), packed)),
  ]);
  expect(file.length).toBeLessThan(1_000_000);
  expect(["damaged_file", "out_of_memory"]).toContain(codeOf(await plan(file, {}, small)));
});

/** A Matroska element with an eight-byte length. */
function element(id: string, ...content: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, "hex"), length, body]);
}

const RESERVED_BYTES = 30_000_000;

/** A Matroska file whose first track has these tags. */
async function tagged(tags: Record<string, string>): Promise<Buffer> {
  // Newer builds give a track a random number unless the output is to be bit-exact; the tags below name track 1.
  const reserved = ["-reserve_index_space", String(RESERVED_BYTES), "-fflags", "+bitexact"];
  const file = await make("tagged.mkv", [...color("s=16x16:r=25:d=1"), ...X264, ...reserved]);
  const target = element("63c0", element("63c5", Buffer.from([1])));
  const simple = Object.entries(tags).map(([name, value]) =>
    element("67c8", element("45a3", name), element("4487", value)),
  );
  const written = element("1254c367", element("7373", target, ...simple));
  // The space that ffmpeg reserved and did not use is a Void element.
  const at = file.indexOf(Buffer.from("ec0100000001", "hex"));
  const end = at + 9 + Number(file.readBigUInt64BE(at + 1) & ~(1n << 56n));
  element("ec", Buffer.alloc(end - at - written.length - 9)).copy(file, at + written.length);
  written.copy(file, at);
  return file;
}
const LETTERS = "x".repeat(600_000);

it("unneeded tags are ignored, however large", async () => {
  const tags = Array.from({ length: 40 }, (_, tag) => [`tag${tag}`, LETTERS] as const);
  expect(codeOf(await plan(await tagged(Object.fromEntries(tags))))).toBe("done");
});

it.each([
  ["large tags", { title: LETTERS.repeat(2) }],
  ["several large tags", { title: LETTERS, rotate: LETTERS }],
])("%s with a required name make the source fail", async (_, tags) => {
  expect(codeOf(await plan(await tagged(tags)))).toBe("damaged_file");
});

it("ffmpeg gets no environment variables", async () => {
  const lines: string[] = [];
  const { exitCode } = await runProcess("/usr/bin/env", [], {
    signal: new AbortController().signal,
    maxMemoryBytes: SMALL_MEMORY_BYTES,
    onLine: (line) => lines.push(line),
  });
  expect([exitCode, lines]).toEqual([0, []]);
});
