import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FAILURES } from "../../../workers/domain/tasks/failures.ts";
import { segmentSamples } from "../../../workers/domain/tasks/audio-specs.ts";
import { isDownloadOnly } from "../../../workers/domain/downloads.ts";
import {
  type Bench,
  generate,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import {
  encodePlanned,
  type Planned,
  type TranscodeOutcome,
  SETTINGS,
} from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile, twoAtOnce } from "../../../tests/support/transcoder/plan-file.ts";
import { AnyMutation, type Mutation, mutate } from "../../../tests/support/transcoder/mutations.ts";
import { referringVideos } from "../../../tests/support/transcoder/references.ts";
import { setTrap, type Trap } from "../../../tests/support/transcoder/trap.ts";
import { rateOf } from "./frame-rate.ts";

/** Number of mutants of real files, or of generated ones if this computer has no real files. */
const MUTATIONS = 500;
/** Number of mutants of generated files if there are real ones too: they have features that the real ones lack. */
const GENERATED_MUTATIONS = 60;
/** Number of mutants of audio files, which have their own demuxers. */
const AUDIO_MUTATIONS = 28;
/** One in this many mutants of real files with a plan is also encoded: some are large. */
const ENCODE_EVERY = 16;
/** One in this many of the others, which are small and have several chunks, two audio tracks and captions. */
const ENCODE_EVERY_SMALL = 5;
/** One in this many mutants is for the ffmpeg of other tests; the rest are for the one that starts faster. */
const OWN_FFMPEG_EVERY = 12;
/** Segments are short, so that videos of two seconds have several chunks. */
const MUTANT_SETTINGS = {
  ...SETTINGS,
  segmentSeconds: 0.5,
  limits: { ...SETTINGS.limits, maxTaskSeconds: 60 },
};

let bench: Bench;
let quickBench: Bench;
let trap: Trap;
beforeAll(async () => {
  bench = await startBench();
  quickBench = await startBench({ tools: quickTools });
  trap = await setTrap(bench.folder);
}, 60_000);
afterAll(async () => {
  await trap[Symbol.asyncDispose]();
  await quickBench[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const MEDIA = join(import.meta.dirname, "../../../../shared/media");

/** How many seconds of each playable real file are copied, and into which containers: a few frames if they are large. */
const EXCERPTS: readonly (readonly [file: string, seconds: number, ...containers: string[]])[] = [
  ["echo-hereweare.webm", 0.5, "webm", "mkv"],
  ["exo-big-buck-bunny.mp4", 0.5, "mp4", "mov", "ts", "flv"],
  ["exo-sample.avi", 0.5, "avi", "mkv"],
  ["exo-sample_with_ssa_subtitles.mkv", 0.5, "mkv"],
  ["mb-annex-b-avc.mkv", 0.15, "mkv"],
  ["mb-cursed-vfr.mp4", 0.1, "mp4"],
  ["mb-rotate-buck-bunny.mp4", 0.15, "mp4"],
  ["mb-sar_2x1.mp4", 0.5, "mp4"],
  ["mb-video-h265.mp4", 0.12, "mp4", "ts"],
  ["mb-video.mp4", 0.1, "mp4"],
  ["mediacms-small.mp4", 0.5, "mp4", "3gp"],
  ["vhs-bipbop0.flv", 1, "flv"],
];

async function excerpts(): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (const [file, seconds, ...containers] of existsSync(MEDIA) ? EXCERPTS : [])
    for (const container of containers) {
      const path = join(bench.folder, `${file}.${container}`);
      const streams = ["-map", "0:v", "-map", "0:a?", "-map", "0:s?", "-c", "copy"];
      await generate(["-i", join(MEDIA, file), "-t", String(seconds), ...streams, path]);
      files.push(await readFile(path));
    }
  return files;
}

const CAPTIONS = `1
00:00:00,000 --> 00:00:01,000
One

2
00:00:01,000 --> 00:00:02,000
Two
`;

/** Two seconds in each of several containers, with two audio tracks and captions if the container supports them. */
async function generatedFiles(): Promise<Buffer[]> {
  const captions = join(bench.folder, "small.srt");
  await writeFile(captions, CAPTIONS);
  const video = ["-f", "lavfi", "-i", "testsrc=s=128x96:r=10:d=2"];
  const audio = ["-f", "lavfi", "-i", "sine=d=2", "-f", "lavfi", "-i", "sine=330:d=2"];
  const all = ["-i", captions, "-map", "0", "-map", "1", "-map", "2", "-map", "3"];
  const files: Buffer[] = [];
  for (const [name, ...args] of [
    ["small.mp4", ...all, "-c:v", "libx264", "-c:a", "aac", "-c:s", "mov_text"],
    ["small.mkv", ...all, "-c:v", "libx264", "-c:a", "mp2", "-c:s", "srt"],
    ["small.webm", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"],
    ["small.avi", "-c:v", "mpeg4", "-c:a", "mp2"],
    ["small.ts", "-c:v", "libx264", "-c:a", "mp2"],
  ] as const) {
    const file = join(bench.folder, name);
    await generate([...video, ...audio, ...args, file]);
    files.push(await readFile(file));
  }
  return files;
}

/** A second of audio in each format that holds only audio. */
async function audioFiles(): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (const name of ["a.mp3", "a.wav", "a.w64", "a.flac", "a.aac", "a.aiff", "a.caf"]) {
    const file = join(bench.folder, name);
    await generate(["-f", "lavfi", "-i", "sine=d=1:r=22050", "-metadata", "title=Sine", file]);
    files.push(await readFile(file));
  }
  return files;
}

/** Seeds the mutations, which are the same in every run. */
function mutantsOf(files: readonly Buffer[], numRuns: number): [Buffer, Mutation][] {
  return files.length === 0
    ? []
    : fc.sample(fc.tuple(fc.constantFrom(...files), AnyMutation), { numRuns, seed: 20261122 });
}

/** Expects every segment of every rendition, with the planned length. */
function expectComplete({
  plan,
  tracks,
  results,
}: Extract<TranscodeOutcome, { type: "done" }>): void {
  const { grid } = plan;
  for (const rendition of plan.renditions) {
    if (isDownloadOnly(rendition)) continue;
    const { id, type } = rendition;
    const outputs = tracks[id]?.outputs ?? [];
    const segments = outputs.flatMap((output) => output.segments);
    const ticks = segments.reduce((sum, { duration }) => sum + duration, 0);
    const frames = (ticks / (outputs[0]?.timescale ?? 0)) * rateOf(grid.frameRate);
    // Audio segments are whole audio frames and thus a little longer than those of the video track.
    const seconds = (count: number): number => (count * grid.frameRate.den) / grid.frameRate.num;
    const expected =
      rendition.type === "video"
        ? grid.segmentCount
        : Math.ceil(
            (seconds(grid.totalFrames) * rendition.sampleRate) /
              segmentSamples(rendition, seconds(grid.framesPerSegment)) -
              1e-9,
          );
    expect([id, segments.length]).toEqual([id, expected]);
    // Audio ends with a whole audio frame of 1024 samples.
    expect(Math.abs(frames - grid.totalFrames)).toBeLessThan(type === "video" ? 0.01 : 1);
  }
  const images = results["images"]?.outcome;
  expect(images?.type === "done" && images.result).toMatchObject({ kind: "images" });
}

it(`each of ${MUTATIONS} damaged files becomes ready or fails with a code, and the transcoder keeps working`, async () => {
  const real = await excerpts();
  for (const file of real)
    expect(codeOf(await planFile(quickBench, file, MUTANT_SETTINGS))).toBe("done");
  const made = [
    ...(await generatedFiles()),
    ...Object.values(await referringVideos(bench.folder, trap)),
  ];
  const ofRealFiles = mutantsOf(real, MUTATIONS);
  const countOfReal = ofRealFiles.length;
  const mutants = [
    ...ofRealFiles,
    ...mutantsOf(made, real.length > 0 ? GENERATED_MUTATIONS : MUTATIONS),
    ...mutantsOf(await audioFiles(), AUDIO_MUTATIONS),
  ];
  const codes = new Map<string, number>();
  const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
  /** Names of the tasks that have succeeded. */
  const tasks = new Set<string>();
  /** Selected by the mutant's index, so that every run encodes the same ones, whichever plan ends first. */
  const byPlace: { planned: Planned; on: Bench }[] = [];
  await twoAtOnce(mutants.entries(), async ([index, [file, mutation]]) => {
    const on = index % OWN_FFMPEG_EVERY === 0 ? bench : quickBench;
    const planned = await planFile(on, mutate(file, mutation, trap), MUTANT_SETTINGS);
    count(codeOf(planned));
    if (planned.outcome.type !== "failed") byPlace[index] = { planned, on };
  });
  // Refused mutants leave holes in the array, which `filter` skips.
  const accepted = byPlace.filter(() => true);
  const ofReal = byPlace.slice(0, countOfReal).filter(() => true);
  const ofSmall = byPlace.slice(countOfReal).filter(() => true);
  const chosen = [
    ...ofReal.filter((_, index) => index % ENCODE_EVERY === ENCODE_EVERY - 1),
    ...ofSmall.filter((_, index) => index % ENCODE_EVERY_SMALL === ENCODE_EVERY_SMALL - 1),
  ];
  await twoAtOnce(chosen.values(), async ({ planned, on }) => {
    const encoded = await encodePlanned(on.runner, on.storage, planned);
    count(encoded.type === "done" ? "ready" : `${encoded.code} in ${encoded.task}`);
    // The file is at fault, not the encoder, so a retry would be useless.
    if (encoded.type === "failed")
      return expect(FAILURES).toHaveProperty([encoded.code, "permanent"], true);
    for (const name of Object.keys(encoded.results)) tasks.add(name);
    expectComplete(encoded);
  });
  for (const code of codes.keys())
    expect(["done", "ready", ...Object.keys(FAILURES)]).toContain(code.split(" ")[0]);
  // Only a file that keeps a decoder busy may reach the time limit, and such files are rare.
  expect(codes.get("task_timeout") ?? 0).toBeLessThan(mutants.length / 100);
  expect(codes.get("encoder_failed") ?? 0).toBe(0);
  expect(accepted.length).toBeGreaterThan(mutants.length / 10);
  for (const name of ["video 1", "audio 1", "images", "captions"]) expect(tasks).toContain(name);
  expect(codes.get("ready")).toBeGreaterThan(mutants.length / ENCODE_EVERY / 4);
  expect(trap.touched).toEqual([]);
  expect(bench.runner.running + quickBench.runner.running).toBe(0);
}, 1_800_000);
