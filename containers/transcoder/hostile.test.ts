import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAILURES } from "../../workers/contract/failures.ts";
import { type Bench, generate, startBench } from "../testing/bench.ts";
import { runTask, SETTINGS } from "../testing/pipeline.ts";
import { codeOf, planFile } from "../testing/plan-file.ts";

const MUTATIONS = 500;
/** Every so many mutants that a plan accepts, the first chunk is encoded as well. */
const ENCODED = 25;

let bench: Bench;
/** A server on this machine that nothing may talk to. */
const outside = createServer((request, response) => {
  reached.push(request.url ?? "");
  response.end();
});
const reached: string[] = [];
let trap = "";
beforeAll(async () => {
  bench = await startBench();
  outside.listen(0, "127.0.0.1");
  await once(outside, "listening");
  const address = outside.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  trap = `http://127.0.0.1:${address.port}`;
}, 60_000);
afterAll(async () => {
  outside.close();
  await bench[Symbol.asyncDispose]();
});

const LIMITS = { ...SETTINGS.limits, maxTaskSeconds: 60 };
const plan = (bytes: Buffer | string) => planFile(bench, bytes, LIMITS);

const playlist = (url: string): string =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${url}\n#EXT-X-ENDLIST\n`;

describe("what is no video", () => {
  it.each<[string, () => string | Buffer]>([
    ["nothing", () => ""],
    ["text", () => "Not a film.\n".repeat(500)],
    ["zero bytes", () => Buffer.alloc(100_000)],
    ["a ZIP", () => Buffer.concat([Buffer.from("PK\x03\x04\x14\x00"), Buffer.alloc(5000, 7)])],
    [
      "a PNG",
      () =>
        Buffer.from(
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
          "base64",
        ),
    ],
    ["a playlist", () => playlist(`${trap}/playlist.ts`)],
    ["a playlist of local files", () => playlist("file:///etc/passwd")],
    [
      "a playlist behind a mov's beginning",
      () => `\x00\x00\x00\x08free${playlist(`${trap}/hidden.ts`)}`,
    ],
    [
      "a DASH manifest",
      () =>
        `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation><BaseURL>${trap}/dash.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    ],
    [
      "a concat script",
      () => `ffconcat version 1.0\nfile '${trap}/concat.mp4'\nfile '/etc/passwd'\n`,
    ],
    [
      "an SDP",
      () =>
        `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${trap.split(":")[2]} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    ],
    [
      "an SVG",
      () => `<svg xmlns="http://www.w3.org/2000/svg"><image href="${trap}/svg.png"/></svg>`,
    ],
  ])("%s fails with a code, and reaches nobody", async (_, make) => {
    const { outcome } = await plan(make());
    expect(outcome).toMatchObject({ type: "failed", permanent: true });
    expect(["not_a_video", "damaged_file"]).toContain(codeOf({ outcome }));
    expect(reached).toEqual([]);
  });
});

/** A place in the file, all equally likely. */
const Share = fc.noBias(fc.integer({ min: 0, max: 9999 })).map((place) => place / 10_000);

/** How a mutant is made of a clip: cut off, bits flipped, a piece zeroed, or a piece put elsewhere. */
const Mutation = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: Share }),
  fc.record({
    kind: fc.constant("flip" as const),
    head: fc.boolean(),
    bits: fc.array(Share, { minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant("zero" as const),
    at: Share,
    length: fc.nat(20_000),
  }),
  fc.record({
    kind: fc.constant("move" as const),
    at: Share,
    to: Share,
    length: fc.nat(4000),
  }),
);
type Mutation = typeof Mutation extends fc.Arbitrary<infer T> ? T : never;

const mutate = (clip: Buffer, mutation: Mutation): Buffer => {
  const bytes = Buffer.from(clip);
  const place = (share: number): number => Math.floor(share * (bytes.length - 1));
  switch (mutation.kind) {
    case "cut":
      return bytes.subarray(0, place(mutation.at));
    case "flip":
      for (const share of mutation.bits) {
        const at = mutation.head
          ? Math.floor(share * Math.min(4096, bytes.length - 1))
          : place(share);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      }
      return bytes;
    case "zero":
      return bytes.fill(
        0,
        place(mutation.at),
        Math.min(bytes.length, place(mutation.at) + mutation.length),
      );
    case "move":
      bytes.copy(
        bytes,
        place(mutation.to),
        place(mutation.at),
        place(mutation.at) + mutation.length,
      );
      return bytes;
  }
};

const MEDIA = join(import.meta.dirname, "../../../shared/media");
const SMALL = 200_000;

it(`${MUTATIONS} broken clips each end with an outcome, and the transcoder goes on serving`, async () => {
  const clips: Buffer[] = [];
  for (const name of ["small.mp4", "small.mkv", "small.webm", "small.avi", "small.ts"]) {
    const file = join(bench.folder, name);
    const codec = name.endsWith("webm")
      ? ["-c:v", "libvpx", "-deadline", "realtime"]
      : name.endsWith("avi")
        ? ["-c:v", "mpeg4"]
        : ["-c:v", "libx264"];
    const sound = name.endsWith("webm") ? "libopus" : "mp2";
    await generate([
      "-f",
      "lavfi",
      "-i",
      "testsrc=s=128x96:r=10:d=2",
      "-f",
      "lavfi",
      "-i",
      "sine=d=2",
      ...codec,
      "-c:a",
      sound,
      file,
    ]);
    clips.push(await readFile(file));
  }
  if (existsSync(MEDIA)) {
    for (const name of readdirSync(MEDIA)) {
      const bytes = await readFile(join(MEDIA, name));
      if (bytes.length < SMALL && !name.endsWith(".md")) clips.push(bytes);
    }
  }
  const mutants = fc.sample(fc.tuple(fc.nat(clips.length - 1), Mutation), {
    numRuns: MUTATIONS,
    seed: 20261122,
  });
  const codes = new Map<string, number>();
  let accepted = 0;
  const check = async ([clip, mutation]: [number, Mutation]): Promise<void> => {
    const { outcome, source } = await plan(mutate(clips[clip] ?? Buffer.alloc(0), mutation));
    const code = codeOf({ outcome });
    codes.set(code, (codes.get(code) ?? 0) + 1);
    expect(["done", ...Object.keys(FAILURES)]).toContain(code);
    if (outcome.type === "failed") return;
    accepted += 1;
    if (outcome.result.kind !== "plan" || accepted % ENCODED !== 0) return;
    const spec = outcome.result.plan.tasks[0]?.spec;
    if (spec === undefined) throw new Error("an empty plan");
    const encoded = codeOf(await runTask(bench.url, bench.storage, { source }, spec));
    expect(["done", ...Object.keys(FAILURES)]).toContain(encoded);
    expect(encoded).not.toBe("task_timeout");
  };
  const queue = mutants.values();
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      for (const mutant of queue) await check(mutant);
    }),
  );
  expect([...codes.values()].reduce((sum, count) => sum + count, 0)).toBe(MUTATIONS);
  // The limit of time is the last resort: it may end a clip that keeps a decoder busy, hardly ever.
  expect(codes.get("task_timeout") ?? 0).toBeLessThan(MUTATIONS / 100);
  expect(codes.get("encoder_failed") ?? 0).toBe(0);
  expect(accepted).toBeGreaterThan(MUTATIONS / 10);
  expect(reached).toEqual([]);
  expect(await (await fetch(`${bench.url}/health`)).json()).toMatchObject({ running: 0 });
}, 600_000);
