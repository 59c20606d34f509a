import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile } from "../../../tests/support/transcoder/plan-file.ts";
import { box, uint32 } from "../../../tests/support/transcoder/references.ts";
import { runProcess } from "./process.ts";

/** Resident bytes: enough for a small picture, not for a large one. */
const LITTLE_MEMORY = 64 * 1024 ** 2;
const LIMITS = { ...SETTINGS.limits, maxTaskSeconds: 60 };
const plan = (bytes: Buffer, limits: Partial<typeof LIMITS> = {}, on = bench) =>
  planFile(on, bytes, { ...SETTINGS, limits: { ...LIMITS, ...limits } });
const X264 = ["-c:v", "libx264", "-preset", "ultrafast"];
const color = (options: string): string[] => ["-f", "lavfi", "-i", `color=${options}`];

let bench: Bench;
let small: Bench;
beforeAll(async () => {
  bench = await startBench();
  small = await startBench(1, LITTLE_MEMORY);
}, 60_000);
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
});

const make = async (name: string, args: readonly string[]): Promise<Buffer> => {
  const file = join(bench.folder, name);
  await generate([...args, file]);
  return readFile(file);
};

// Those of a running task, time and output bytes, are in server.test.ts.
describe("each limit of a source has a code of its own", () => {
  it.each<[string, string, Partial<typeof LIMITS>, string[]]>([
    ["too_many_pixels", "bomb.mp4", {}, [...color("s=8192x8192:r=1:d=1"), "-c:v", "mjpeg"]],
    ["too_long", "long.mp4", { maxDuration: 600 }, [...color("s=16x16:r=0.1:d=5000"), ...X264]],
    ["frame_rate_too_high", "fast.mp4", {}, [...color("s=16x16:r=1000:d=1"), ...X264]],
    [
      "too_many_streams",
      "streams.mkv",
      {},
      [
        ...color("s=16x16:r=5:d=1"),
        ...Array.from({ length: 100 }, () => ["-map", "0"]).flat(),
        ...X264,
      ],
    ],
    ["unsupported_format", "odd.avi", {}, [...color("s=16x16:r=5:d=1"), "-c:v", "huffyuv"]],
  ])("%s", async (code, name, limits, args) => {
    expect(codeOf(await plan(await make(name, args), limits))).toBe(code);
  });

  it("out_of_memory", async () => {
    const large = await make("large.mp4", [
      ...["-f", "lavfi", "-i", "testsrc2=s=4096x2304:r=30:d=6"],
      ...[...X264, "-qp", "40"],
    ]);
    expect(codeOf(await plan(large, {}, small))).toBe("out_of_memory");
    const modest = await make("modest.mp4", [...color("s=64x48:r=5:d=1"), ...X264]);
    expect(codeOf(await plan(modest, {}, small))).toBe("done");
  });
});

/** Samples that a table of a MP4 file claims beyond what the file holds. */
const CLAIMED = 100_000_000;

it("a small file that claims a hundred million frames ends with a code, in bounded memory", async () => {
  const file = await make("frames.mp4", [...color("s=16x16:r=25:d=1"), ...X264]);
  const claim = (box: string, field: number, value: number): void => {
    const at = file.indexOf(box);
    expect(at).toBeGreaterThan(0);
    file.writeUInt32BE(value, at + field);
  };
  claim("stsz", 8, 1);
  claim("stsz", 12, CLAIMED);
  claim("stts", 12, CLAIMED);
  claim("stsc", 16, CLAIMED);
  expect(["damaged_file", "out_of_memory", "too_long"]).toContain(
    codeOf(await plan(file, {}, small)),
  );
});

it("a small file whose header unpacks to much more than the memory ends with a code", async () => {
  const header = Buffer.alloc(6 * LITTLE_MEMORY);
  const packed = box("cmvd", uint32(header.length), deflateSync(header));
  const file = Buffer.concat([
    box("ftyp", "qt  ", uint32(0), "qt  "),
    box("moov", box("cmov", box("dcom", "zlib"), packed)),
  ]);
  expect(file.length).toBeLessThan(1_000_000);
  expect(["damaged_file", "out_of_memory"]).toContain(codeOf(await plan(file, {}, small)));
});

/** An element of Matroska, its length in eight bytes. */
const element = (id: string, ...content: readonly (string | Buffer)[]): Buffer => {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, "hex"), length, body]);
};

const RESERVED = 30_000_000;

/** A film whose first track has these tags. */
const tagged = async (tags: Record<string, string>): Promise<Buffer> => {
  const reserved = ["-reserve_index_space", String(RESERVED)];
  const film = await make("tagged.mkv", [...color("s=16x16:r=25:d=1"), ...X264, ...reserved]);
  const target = element("63c0", element("63c5", Buffer.from([1])));
  const simple = Object.entries(tags).map(([name, value]) =>
    element("67c8", element("45a3", name), element("4487", value)),
  );
  const written = element("1254c367", element("7373", target, ...simple));
  // What ffmpeg reserved and did not need is a void.
  const at = film.indexOf(Buffer.from("ec0100000001", "hex"));
  const end = at + 9 + Number(film.readBigUInt64BE(at + 1) & ~(1n << 56n));
  element("ec", Buffer.alloc(end - at - written.length - 9)).copy(film, at + written.length);
  written.copy(film, at);
  return film;
};
const LETTERS = "x".repeat(600_000);

it("tags that nothing needs cost nothing, however large", async () => {
  const tags = Array.from({ length: 40 }, (_, tag) => [`tag${tag}`, LETTERS] as const);
  expect(codeOf(await plan(await tagged(Object.fromEntries(tags))))).toBe("done");
});

it.each([
  ["one large tag", { title: LETTERS.repeat(2) }],
  ["many large tags", { title: LETTERS, rotate: LETTERS }],
])("%s that would be needed ends with a code", async (_, tags) => {
  expect(codeOf(await plan(await tagged(tags)))).toBe("damaged_file");
});

it("ffmpeg gets nothing of the environment", async () => {
  const lines: string[] = [];
  const { exitCode } = await runProcess("/usr/bin/env", [], {
    signal: new AbortController().signal,
    memoryLimit: LITTLE_MEMORY,
    onLine: (line) => lines.push(line),
  });
  expect([exitCode, lines]).toEqual([0, []]);
});
