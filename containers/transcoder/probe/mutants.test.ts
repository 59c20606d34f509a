import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FAILURES } from "../../../workers/domain/failures.ts";
import { isDownloadOnly } from "../../../workers/domain/downloads.ts";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { encodePlanned, type Film, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile } from "../../../tests/support/transcoder/plan-file.ts";
import { referringFilms, scripts } from "../../../tests/support/transcoder/references.ts";
import { setTrap, type Trap } from "../../../tests/support/transcoder/trap.ts";
import { rateOf } from "./frame-rate.ts";

/** Of real clips; on a machine without them, of those that are made here. */
const MUTATIONS = 500;
/** Of those that are made here, where there are real ones as well: they have what no real one has. */
const ADDED = 60;
/** Every so many mutants that a plan accepts, all its tasks are run as well. */
const ENCODED = 12;
/** So short that films of two seconds have later chunks. */
const SETTINGS_OF_MUTANTS = {
  ...SETTINGS,
  segmentSeconds: 0.5,
  limits: { ...SETTINGS.limits, maxTaskSeconds: 60 },
};

let bench: Bench;
let trap: Trap;
beforeAll(async () => {
  bench = await startBench();
  trap = await setTrap(bench.folder);
}, 60_000);
afterAll(async () => {
  await trap[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** A place in the file, all equally likely. */
const Share = fc.noBias(fc.integer({ min: 0, max: 9999 })).map((place) => place / 10_000);

/** How a mutant is made of a clip: cut off, bits flipped, a piece zeroed, put elsewhere, or become a script. */
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
  fc.record({ kind: fc.constant("script" as const), at: Share, script: fc.nat() }),
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
    case "script": {
      const all = Object.values(scripts(trap));
      bytes.write(all[mutation.script % all.length] ?? "", place(mutation.at), "latin1");
      return bytes;
    }
  }
};

const MEDIA = join(import.meta.dirname, "../../../../shared/media");

/** Of each real clip that can be played: how many seconds, and the containers these are put into, as they are. */
const EXCERPTS: readonly (readonly [clip: string, seconds: number, ...containers: string[]])[] = [
  ["echo-hereweare.webm", 0.5, "webm", "mkv"],
  ["exo-big-buck-bunny.mp4", 0.5, "mp4", "mov", "ts", "flv"],
  ["exo-sample.avi", 0.5, "avi", "mkv"],
  ["exo-sample_with_ssa_subtitles.mkv", 0.5, "mkv"],
  ["mb-annex-b-avc.mkv", 0.3, "mkv"],
  ["mb-cursed-vfr.mp4", 0.2, "mp4"],
  ["mb-rotate-buck-bunny.mp4", 0.3, "mp4"],
  ["mb-sar_2x1.mp4", 0.5, "mp4"],
  ["mb-video-h265.mp4", 0.3, "mp4", "ts"],
  ["mb-video.mp4", 0.2, "mp4"],
  ["mediacms-small.mp4", 0.5, "mp4", "3gp"],
  ["vhs-bipbop0.flv", 1, "flv"],
];

const excerpts = async (): Promise<Buffer[]> => {
  const clips: Buffer[] = [];
  for (const [clip, seconds, ...containers] of existsSync(MEDIA) ? EXCERPTS : [])
    for (const container of containers) {
      const file = join(bench.folder, `${clip}.${container}`);
      const streams = ["-map", "0:v", "-map", "0:a?", "-map", "0:s?", "-c", "copy"];
      await generate(["-i", join(MEDIA, clip), "-t", String(seconds), ...streams, file]);
      clips.push(await readFile(file));
    }
  return clips;
};

const SUBTITLES = `1
00:00:00,000 --> 00:00:01,000
One

2
00:00:01,000 --> 00:00:02,000
Two
`;

/** Two seconds in each of some containers, with two tracks of sound and subtitles where they take them. */
const smallClips = async (): Promise<Buffer[]> => {
  const subtitles = join(bench.folder, "small.srt");
  await writeFile(subtitles, SUBTITLES);
  const picture = ["-f", "lavfi", "-i", "testsrc=s=128x96:r=10:d=2"];
  const sound = ["-f", "lavfi", "-i", "sine=d=2", "-f", "lavfi", "-i", "sine=330:d=2"];
  const all = ["-i", subtitles, "-map", "0", "-map", "1", "-map", "2", "-map", "3"];
  const clips: Buffer[] = [];
  for (const [name, ...args] of [
    ["small.mp4", ...all, "-c:v", "libx264", "-c:a", "aac", "-c:s", "mov_text"],
    ["small.mkv", ...all, "-c:v", "libx264", "-c:a", "mp2", "-c:s", "srt"],
    ["small.webm", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"],
    ["small.avi", "-c:v", "mpeg4", "-c:a", "mp2"],
    ["small.ts", "-c:v", "libx264", "-c:a", "mp2"],
  ] as const) {
    const file = join(bench.folder, name);
    await generate([...picture, ...sound, ...args, file]);
    clips.push(await readFile(file));
  }
  return clips;
};

/** The same clips are broken in the same ways every time. */
const mutantsOf = (clips: readonly Buffer[], numRuns: number): [Buffer, Mutation][] =>
  clips.length === 0
    ? []
    : fc.sample(fc.tuple(fc.constantFrom(...clips), Mutation), { numRuns, seed: 20261122 });

/** What is published is whole: every segment of every rendition, as long as was planned. */
const expectWhole = ({ plan, tracks, results }: Extract<Film, { type: "done" }>): void => {
  const { grid } = plan;
  for (const rendition of plan.renditions) {
    if (isDownloadOnly(rendition)) continue;
    const { id, type } = rendition;
    const outputs = tracks[id]?.outputs ?? [];
    const segments = outputs.flatMap((output) => output.segments);
    const ticks = segments.reduce((sum, { duration }) => sum + duration, 0);
    const frames = (ticks / (outputs[0]?.timescale ?? 0)) * rateOf(grid.frameRate);
    expect([id, segments.length]).toEqual([id, grid.segmentCount]);
    // Sound ends at its own frames, of 1024 samples.
    expect(Math.abs(frames - grid.totalFrames)).toBeLessThan(type === "video" ? 0.01 : 1);
  }
  const images = results["images"]?.outcome;
  expect(images?.type === "done" && images.result).toMatchObject({ kind: "images" });
};

it(`${MUTATIONS} broken clips each become ready or fail with a code, and the transcoder goes on serving`, async () => {
  const real = await excerpts();
  for (const clip of real)
    expect(codeOf(await planFile(bench, clip, SETTINGS_OF_MUTANTS))).toBe("done");
  const made = [
    ...(await smallClips()),
    ...Object.values(await referringFilms(bench.folder, trap)),
  ];
  const mutants = [
    ...mutantsOf(real, MUTATIONS),
    ...mutantsOf(made, real.length > 0 ? ADDED : MUTATIONS),
  ];
  const codes = new Map<string, number>();
  const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
  /** Names of those that got through. */
  const tasks = new Set<string>();
  let accepted = 0;
  const check = async ([clip, mutation]: [Buffer, Mutation]): Promise<void> => {
    const planned = await planFile(bench, mutate(clip, mutation), SETTINGS_OF_MUTANTS);
    count(codeOf(planned));
    if (planned.outcome.type === "failed") return;
    accepted += 1;
    if (accepted % ENCODED !== 0) return;
    const film = await encodePlanned(bench.url, bench.storage, planned);
    count(film.type === "done" ? "ready" : `${film.code} in ${film.task}`);
    // The file is at fault, and not the encoder, which would be tried again for nothing.
    if (film.type === "failed")
      return expect(FAILURES).toHaveProperty([film.code, "permanent"], true);
    for (const name of Object.keys(film.results)) tasks.add(name);
    expectWhole(film);
  };
  const queue = mutants.values();
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      for (const mutant of queue) await check(mutant);
    }),
  );
  for (const code of codes.keys())
    expect(["done", "ready", ...Object.keys(FAILURES)]).toContain(code.split(" ")[0]);
  // The limit of time is the last resort: it may end a clip that keeps a decoder busy, hardly ever.
  expect(codes.get("task_timeout") ?? 0).toBeLessThan(mutants.length / 100);
  expect(codes.get("encoder_failed") ?? 0).toBe(0);
  expect(accepted).toBeGreaterThan(mutants.length / 10);
  for (const name of ["video 1", "audio 1", "images", "captions"]) expect(tasks).toContain(name);
  expect(codes.get("ready")).toBeGreaterThan(mutants.length / ENCODED / 4);
  expect(trap.touched).toEqual([]);
  expect(await (await fetch(`${bench.url}/health`)).json()).toMatchObject({ running: 0 });
}, 600_000);
