import type { Readable } from "node:stream";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import { TARGET_TASK_SECONDS, decodeSeconds } from "../../../workers/domain/task-time.ts";
import { encodeFailure, inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";
import { videoInput } from "../probe/source-input.ts";
import { cleanFrames, outputMatrix, scaleFrames } from "../video/video-args.ts";

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
      ...["-threads", String(run.threads), ...videoInput(inputUrl(run, "source"), source, seek)],
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

function seekTo(time: number, exact: boolean): string[] {
  return [
    ...(exact ? [] : ["-noaccurate_seek", "-skip_frame", "nokey"]),
    ...["-ss", time.toFixed(3)],
  ];
}

const RAW = ["-pix_fmt", "yuv420p", "-f", "rawvideo"];

/** After an inexact seek, frames have negative timestamps, and ffmpeg would drop them. */
const FROM_ZERO = "setpts=PTS-STARTPTS";

/** Bytes of one raw yuv420p frame. */
export const rawFrameBytes = ({ width, height }: Size): number => (width * height * 3) / 2;

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
  return extract(run, source, seekTo(time, exact), [
    ...["-vf", `${frameFilters(run, source, size, [FROM_ZERO])},format=yuvj420p`],
    ...["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg"],
  ]);
}

/** Samples exactly, by decoding the whole video once. */
async function exactFrames(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  interval: number,
  count: number,
): Promise<Buffer[]> {
  const bytes = rawFrameBytes(size);
  const filters = frameFilters(run, source, size, [
    // `eof_action=pass` also yields a frame for a video that is shorter than one interval.
    `fps=fps=${1 / interval}:start_time=0:round=down:eof_action=pass`,
  ]);
  const output = ["-vf", filters, "-frames:v", String(count), ...RAW];
  const all = await extract(run, source, [], output);
  return Array.from({ length: count }, (_, index) =>
    all.subarray(index * bytes, (index + 1) * bytes),
  ).map((frame, index, frames) =>
    frame.length === bytes || index === 0
      ? frame
      : (frames.slice(0, index).findLast(({ length }) => length === bytes) ?? frame),
  );
}

/**
 * Small raw frames at a regular interval. A time without a frame repeats the one before. Long videos are sampled at the
 * preceding keyframes; if keyframes are so rare that most samples are the same, they are sampled exactly instead.
 *
 * @param interval seconds
 * @param onFrame called with the number of frames done
 */
export async function sampleFrames(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  interval: number,
  count: number,
  onFrame: (done: number) => void,
): Promise<{ frames: Buffer[]; exact: boolean }> {
  async function sampleExactly() {
    return { frames: await exactFrames(run, source, size, interval, count), exact: true };
  }
  // Some videos take too long to decode just for their images, however rare their keyframes.
  const canDecodeAll = decodeSeconds(source) <= TARGET_TASK_SECONDS;
  if (canDecodeAll && source.duration < MAX_EXACT_SAMPLING_SECONDS) return sampleExactly();
  const bytes = rawFrameBytes(size);
  const frames: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const frame = await extract(run, source, seekTo(index * interval, false), [
      ...["-vf", frameFilters(run, source, size, [FROM_ZERO]), "-frames:v", "1", ...RAW],
    ]);
    frames.push(frame.length === bytes ? frame : (frames.at(-1) ?? frame));
    onFrame(index + 1);
  }
  const repeated = frames.filter((frame, index) => frames[index - 1]?.equals(frame)).length;
  if (canDecodeAll && repeated > count / 2) return sampleExactly();
  return { frames, exact: false };
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
    [...(exact ? [] : ["-noaccurate_seek"]), "-ss", start.toFixed(3)],
    [
      ...["-vf", frameFilters(run, source, size, [FROM_ZERO, `fps=${rate}`])],
      ...["-t", String(seconds), ...RAW],
    ],
  );
}
