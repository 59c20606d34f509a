import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Grid } from "../../../workers/contract/transcodes.ts";
import { type Complexity, PROBE_CRF, PROBE_PIXELS } from "./complexity.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";
import { seekToKeyframe, videoInput } from "../probe/source-input.ts";
import { cleanFrames, scaleFrames } from "../video/frame-filters.ts";

const WINDOWS = 3;
/** Above this, the video is damaged throughout rather than in places. */
const MAX_DECODER_ERRORS_PER_FRAME = 0.4;

/** Seconds per window in which only small frames are encoded. */
const WINDOW_SECONDS = 1.5;
/** Seconds per window with large frames, which take longer while viewers wait. */
const SHORT_WINDOW_SECONDS = 0.4;

/**
 * Only some bands of larger frames, from edge to edge, are encoded: they need as many bits per pixel and a quarter of
 * the time.
 */
const MIN_BANDED_PIXELS = 1280 * 720;
const BANDS = 4;
const BANDED_SHARE = 1 / 4;
const MACROBLOCK_PIXELS = 16;

/** Start times of the sampled windows, in seconds. */
function sampleStarts(duration: number, windowSeconds: number): number[] {
  return duration <= WINDOWS * windowSeconds
    ? [0]
    : Array.from(
        { length: WINDOWS },
        (_, index) => ((index + 0.5) * duration) / WINDOWS - windowSeconds / 2,
      );
}

function probeSize({ video }: SourceInfo, maxPixels: number): FrameSize {
  const scale = Math.min(1, Math.sqrt(maxPixels / (video.width * video.height)));
  const even = (value: number): number => Math.max(2, 2 * Math.round((value * scale) / 2));
  return { width: even(video.width), height: even(video.height) };
}

interface FrameSize {
  width: number;
  height: number;
}

/** Height of each encoded band of a frame; undefined for a frame that is encoded completely. */
function bandLines({ width, height }: FrameSize): number | undefined {
  if (width * height < MIN_BANDED_PIXELS) return undefined;
  const lines = (height * BANDED_SHARE) / BANDS;
  return MACROBLOCK_PIXELS * Math.max(1, Math.round(lines / MACROBLOCK_PIXELS));
}

/** Filters that keep only the bands of a frame, one below the other. @param name of their pads */
function cutBands({ width, height }: FrameSize, lines: number, name: string): string[] {
  const bands = Array.from({ length: BANDS }, (_, band) => {
    const middle = ((band + 0.5) * height) / BANDS;
    return { pad: `${name}${band}`, top: 2 * Math.round((middle - lines / 2) / 2) };
  });
  return [
    `split=${BANDS}${bands.map(({ pad }) => `[${pad}]`).join("")}`,
    ...bands.map(({ pad, top }) => `[${pad}]crop=${width}:${lines}:0:${top}[${pad}c]`),
    `${bands.map(({ pad }) => `[${pad}c]`).join("")}vstack=inputs=${BANDS}`,
  ];
}

/** The measurements of a window. */
interface Window {
  /** For each size, the bytes of each frame of the sample encode; the first one is a keyframe. */
  encodes: number[][];
  decoderErrors: number;
}

/** @param sizes maximum pixels per frame of each sample encode */
async function sampleWindow(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
  start: number,
  seconds: number,
  sizes: readonly number[],
): Promise<Window> {
  const { filters } = run.capabilities;
  const shared = [
    ...cleanFrames(source.video, filters),
    `fps=${grid.frameRate.num}/${grid.frameRate.den}`,
    // The inexact seek starts at the keyframe before the window, so timestamps would be negative. Before fps, this would
    // lose the only frame of a video in the 2018 build.
    "setpts=PTS-STARTPTS",
    `split=${sizes.length}${sizes.map((_, index) => `[s${index}]`).join("")}`,
  ];
  const scaled = sizes.map((maxPixels, index) => {
    const size = { ...probeSize(source, maxPixels), pixelAspect: { num: 1, den: 1 } };
    const lines = bandLines(size);
    const bands = lines === undefined ? "" : `,${cutBands(size, lines, `b${index}`).join(";")}`;
    return `[s${index}]${scaleFrames(source, size, filters).join(",")}${bands}[v${index}]`;
  });
  const encodes = sizes.map((): number[] => []);
  const { stderr } = await runFfmpeg(
    run,
    [
      ...["-threads", String(run.threads), "-filter_complex_threads", String(run.threads)],
      ...videoInput(
        inputUrl(run, "source"),
        source,
        run.capabilities,
        seekToKeyframe(start, source.demuxer),
      ),
      "-filter_complex",
      [`[0:${source.video.index}]${shared.join(",")}`, ...scaled].join(";"),
      ...sizes.flatMap((_, index) => [
        ...["-map", `[v${index}]`, "-c:v", "libx264", "-preset", "veryfast"],
        ...["-crf", String(PROBE_CRF), "-threads", String(run.threads)],
        ...["-frames:v", String(Math.ceil(seconds * rateOf(grid.frameRate)))],
        // Lists the frames with their sizes.
        ...["-f", "framecrc", `pipe:${3 + index}`],
      ]),
    ],
    {
      level: "repeat+error",
      pipes: encodes.map((bytes) => async (stream: Readable) => {
        for await (const line of createInterface({ input: stream }))
          if (/^\d/.test(line)) bytes.push(Number(line.split(",")[4]));
      }),
    },
  );
  // Tracks that are not decoded do not matter.
  const decoderErrors = stderr
    .split("\n")
    .filter((line) => line !== "" && !line.includes("not on whitelist")).length;
  return { encodes, decoderErrors };
}

/** @throws TaskFailure `damaged_file` when no frame can be decoded, or most frames have errors */
async function sampleWindows(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
  seconds: number,
  sizes: readonly number[],
): Promise<Window[]> {
  // The windows are read in parallel, because no other task of this video can run before the plan exists.
  const windows = await Promise.all(
    sampleStarts(source.duration, seconds).map((start) =>
      sampleWindow(run, source, grid, start, seconds, sizes),
    ),
  );
  const frames = windows.reduce((sum, { encodes }) => sum + (encodes[0]?.length ?? 0), 0);
  const errors = windows.reduce((sum, { decoderErrors }) => sum + decoderErrors, 0);
  if (frames === 0)
    throw new TaskFailure("damaged_file", "none of the sampled frames can be decoded");
  if (errors > frames * MAX_DECODER_ERRORS_PER_FRAME)
    throw new TaskFailure("damaged_file", `${errors} decoder errors in ${frames} frames`);
  return windows;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function complexityOf(source: SourceInfo, maxPixels: number, bytesPerFrame: number): Complexity {
  const size = probeSize(source, maxPixels);
  const { width, height } = size;
  const encoded = width * BANDS * (bandLines(size) ?? height / BANDS);
  return { bitsPerPixel: (bytesPerFrame * 8) / encoded, pixels: width * height };
}

/**
 * Decodes and encodes a few seconds from across the video, to learn how many bits it needs and whether it can be
 * decoded.
 *
 * @throws TaskFailure `damaged_file` when no frame can be decoded, or most frames have errors
 */
export async function sampleComplexity(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
): Promise<Complexity> {
  const windows = await sampleWindows(run, source, grid, WINDOW_SECONDS, [PROBE_PIXELS]);
  return complexityOf(
    source,
    PROBE_PIXELS,
    meanOf(windows.flatMap(({ encodes }) => encodes.flat())),
  );
}

/** The complexity measured on small frames, and on frames with full detail. */
export interface DetailedComplexity {
  small: Complexity;
  large: Complexity;
}

/**
 * The same from shorter windows, with large frames in addition to the small ones, which miss fine detail.
 * @param maxPixels of a large frame
 * @throws TaskFailure `damaged_file`
 */
export async function sampleDetail(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
  maxPixels: number,
): Promise<DetailedComplexity> {
  const sizes = [PROBE_PIXELS, maxPixels];
  const windows = await sampleWindows(run, source, grid, SHORT_WINDOW_SECONDS, sizes);
  const [small, large] = sizes.map((pixels, index) => {
    const encodes = windows.map(({ encodes: all }) => all[index] ?? []);
    const keys = meanOf(encodes.flatMap((bytes) => bytes.slice(0, 1)));
    const others = encodes.flatMap((bytes) => bytes.slice(1));
    // Keyframes are a segment apart; in short windows their share is too large.
    const other = others.length === 0 ? keys : meanOf(others);
    return complexityOf(source, pixels, other + (keys - other) / grid.framesPerSegment);
  }) as [Complexity, Complexity];
  return { small, large };
}
