import type { Readable } from "node:stream";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import { TARGET_TASK_SECONDS, decodeSeconds } from "../../../workers/domain/tasks/task-time.ts";
import { encodeFailure, inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";
import { seekToKeyframe, videoInput } from "../probe/source-input.ts";
import { cleanFrames, outputMatrix, scaleFrames } from "../video/frame-filters.ts";

export interface Size {
  width: number;
  height: number;
}

/** Shorter videos are sampled exactly; longer ones at the preceding keyframes, which is faster. */
const MAX_EXACT_SAMPLING_SECONDS = 30;

async function collect(stream: Readable): Promise<Buffer<ArrayBuffer>> {
  return Buffer.concat(await stream.toArray());
}

/** Filters for an image file: square pixels and the BT.601 matrix, as image viewers expect. */
function frameFilters(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  rate: readonly string[],
): string {
  return [
    ...cleanFrames(source.video, run.capabilities.filters),
    ...rate,
    ...scaleFrames(source, { ...size, pixelAspect: { num: 1, den: 1 } }, run.capabilities.filters),
    ...(outputMatrix(source.video) === "bt709"
      ? ["scale=in_color_matrix=bt709:out_color_matrix=bt601", "format=yuv420p"]
      : []),
  ].join(",");
}

async function extract(
  run: TaskRun,
  source: SourceInfo,
  seek: readonly string[],
  output: readonly string[],
): Promise<Buffer<ArrayBuffer>> {
  let bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);
  const result = await runFfmpeg(
    run,
    [
      ...[
        "-threads",
        String(run.threads),
        ...videoInput(inputUrl(run, "source"), source, run.capabilities, seek),
      ],
      ...["-map", `0:${source.video.index}`, "-an", ...output, "pipe:3"],
    ],
    {
      pipes: [
        async (stream) => {
          bytes = await collect(stream);
        },
      ],
    },
  );
  if (result.exitCode !== 0) throw encodeFailure(result);
  return bytes;
}

function seekTo({ demuxer }: SourceInfo, time: number, exact: boolean): string[] {
  return exact
    ? ["-ss", time.toFixed(3)]
    : ["-skip_frame", "nokey", ...seekToKeyframe(time, demuxer)];
}

const RAW = ["-pix_fmt", "yuv420p", "-f", "rawvideo"];

/** After an inexact seek, frames have negative timestamps, and ffmpeg would drop them. */
const FROM_ZERO = "setpts=PTS-STARTPTS";

/** Bytes of one raw yuv420p frame. */
export const rawFrameBytes = ({ width, height }: Size): number => (width * height * 3) / 2;

function jpegOutput(filters: string): string[] {
  return [
    ...["-vf", `${filters},format=yuvj420p`],
    ...["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg"],
  ];
}

/**
 * One frame as JPEG; empty when there is none at that time.
 *
 * @param time seconds
 * @param exact whether to take the frame at that time rather than the keyframe before it
 */
export function jpegFrameAt(
  run: TaskRun,
  source: SourceInfo,
  time: number,
  size: Size,
  exact: boolean,
): Promise<Buffer<ArrayBuffer>> {
  return extract(
    run,
    source,
    seekTo(source, time, exact),
    jpegOutput(frameFilters(run, source, size, [FROM_ZERO])),
  );
}

/** The filter that picks the frame shown at the start of each interval. */
function exactSampling(interval: number): string {
  return `fps=fps=${1 / interval}:start_time=0:round=up:eof_action=pass`;
}

/** Input options of a read from the beginning, by which frames it decodes. */
const FROM_START = { "every-frame": [], "key-frames": ["-skip_frame", "nokey"] } as const;

/** Samples by decoding the whole video, or its keyframes, once. Times after the last frame have no frame. */
async function framesFromStart(
  run: TaskRun,
  source: SourceInfo,
  method: keyof typeof FROM_START,
  size: Size,
  interval: number,
  count: number,
): Promise<Buffer[]> {
  const bytes = rawFrameBytes(size);
  const filters = frameFilters(run, source, size, [
    // For a video that is shorter than one interval, `eof_action=pass` also yields a frame.
    exactSampling(interval),
  ]);
  const output = ["-vf", filters, "-frames:v", String(count), ...RAW];
  const all = await extract(run, source, FROM_START[method], output);
  return Array.from({ length: Math.min(count, Math.floor(all.length / bytes)) }, (_, index) =>
    all.subarray(index * bytes, (index + 1) * bytes),
  );
}

/**
 * How frames were sampled: by one decode of the video, by one decode of its keyframes, or by a seek to the keyframe
 * before each.
 */
type SamplingMethod = keyof typeof FROM_START | "seeks";

/** One of the frames that `sampleFrames` returned, in full size as JPEG; empty if it cannot be decoded again. */
export function sampledJpeg(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  { interval, index, method }: { interval: number; index: number; method: SamplingMethod },
): Promise<Buffer<ArrayBuffer>> {
  // The same decode and the same rounding as when the frame was rated; a seek might show its neighbour.
  return method === "seeks"
    ? jpegFrameAt(run, source, index * interval, size, false)
    : extract(
        run,
        source,
        FROM_START[method],
        jpegOutput(
          frameFilters(run, source, size, [exactSampling(interval), `select=gte(n\\,${index})`]),
        ),
      );
}

export interface SampledFrames {
  /** Small raw frames at a regular interval. A time without a frame repeats the one before. */
  frames: Buffer[];
  /** For each frame, the number of the interval from which it comes. */
  origins: number[];
  method: SamplingMethod;
}

/** Fills in missing frames with the previous frame, or the first one. */
function fillGaps(frames: readonly (Buffer | undefined)[], method: SamplingMethod): SampledFrames {
  const present = frames.flatMap((frame, index) => (frame === undefined ? [] : [index]));
  const origins =
    present[0] === undefined
      ? []
      : frames.map((_, index) => present.findLast((at) => at <= index) ?? present[0] ?? 0);
  return { frames: origins.flatMap((origin) => frames[origin] ?? []), origins, method };
}

/** Up to this many bytes of a source per frame, reading them all is faster than a process and a seek for each frame. */
const MAX_READ_BYTES_PER_FRAME = 2_000_000;

/** Whether to find the keyframes by reading the whole file. A deinterlacer would blend consecutive keyframes. */
function isQuicklyRead({ bytes, video }: SourceInfo, count: number): boolean {
  return bytes <= count * MAX_READ_BYTES_PER_FRAME && !video.interlaced;
}

/**
 * Samples a video at a regular interval. Long videos are sampled at the preceding keyframes; if keyframes are so rare
 * that most samples are the same, they are sampled exactly instead.
 *
 * @param interval seconds
 * @param onFrame called with the number of frames done
 * @returns no frames if none can be decoded
 */
export async function sampleFrames(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  interval: number,
  count: number,
  onFrame: (done: number) => void,
): Promise<SampledFrames> {
  async function sampleFromStart(method: keyof typeof FROM_START): Promise<SampledFrames> {
    const frames = await framesFromStart(run, source, method, size, interval, count);
    onFrame(count);
    return fillGaps(
      Array.from({ length: count }, (_, index) => frames[index]),
      method,
    );
  }
  async function sampleBySeeks(): Promise<SampledFrames> {
    const found: (Buffer | undefined)[] = [];
    for (let index = 0; index < count; index += 1) {
      const frame = await extract(run, source, seekTo(source, index * interval, false), [
        ...["-vf", frameFilters(run, source, size, [FROM_ZERO]), "-frames:v", "1", ...RAW],
      ]);
      found.push(frame.length === rawFrameBytes(size) ? frame : undefined);
      onFrame(index + 1);
    }
    return fillGaps(found, "seeks");
  }
  // Some videos take too long to decode just for their images, however rare their keyframes are.
  const canDecodeAll = decodeSeconds(source) <= TARGET_TASK_SECONDS;
  if (canDecodeAll && source.duration < MAX_EXACT_SAMPLING_SECONDS)
    return sampleFromStart("every-frame");
  const sampled = isQuicklyRead(source, count)
    ? await sampleFromStart("key-frames")
    : await sampleBySeeks();
  const repeated = sampled.frames.filter((frame, index) =>
    sampled.frames[index - 1]?.equals(frame),
  );
  return canDecodeAll && repeated.length > count / 2 ? sampleFromStart("every-frame") : sampled;
}

/** Raw frames of a short excerpt. @param exact whether it begins at `start` rather than at the keyframe before it */
export function rawFrames(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  start: number,
  seconds: number,
  rate: number,
  exact: boolean,
): Promise<Buffer<ArrayBuffer>> {
  return extract(
    run,
    source,
    exact ? ["-ss", start.toFixed(3)] : seekToKeyframe(start, source.demuxer),
    [
      ...["-vf", frameFilters(run, source, size, [FROM_ZERO, `fps=${rate}`])],
      ...["-t", String(seconds), ...RAW],
    ],
  );
}
