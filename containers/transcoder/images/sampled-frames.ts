import type { Readable } from "node:stream";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import { COMFORTABLE_SECONDS, decodeSeconds } from "../../../workers/domain/task-time.ts";
import { encodeFailure, inputUrl, type Job, runFfmpeg } from "../runtime/task-run.ts";
import { pictureInput } from "../probe/source-input.ts";
import { cleanPicture, outputMatrix, scalePicture } from "../video/video-args.ts";

export type Size = { width: number; height: number };

/** Below this length every still is decoded exactly; above, the keyframe before it does. Seconds. */
const EXACT_BELOW = 30;

const collect = async (stream: Readable): Promise<Buffer<ArrayBuffer>> =>
  Buffer.concat(await stream.toArray());

/** Square pixels, and the matrix of image files, BT.601: a still is shown as it is. */
const stillFilters = (job: Job, source: SourceInfo, size: Size, rate: readonly string[]): string =>
  [
    ...cleanPicture(source.video, job.capabilities.filters),
    ...rate,
    ...scalePicture(source, { ...size, pixelAspect: { num: 1, den: 1 } }, job.capabilities.filters),
    ...(outputMatrix(source.video) === "bt709"
      ? ["scale=in_color_matrix=bt709:out_color_matrix=bt601", "format=yuv420p"]
      : []),
  ].join(",");

const extract = async (
  job: Job,
  source: SourceInfo,
  seek: readonly string[],
  output: readonly string[],
): Promise<Buffer<ArrayBuffer>> => {
  let bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);
  const result = await runFfmpeg(
    job,
    [
      ...["-threads", String(job.threads), ...pictureInput(inputUrl(job, "source"), source, seek)],
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
};

const seekTo = (time: number, exact: boolean): string[] => [
  ...(exact ? [] : ["-noaccurate_seek", "-skip_frame", "nokey"]),
  ...["-ss", time.toFixed(3)],
];

const RAW = ["-pix_fmt", "yuv420p", "-f", "rawvideo"];

/** Frames from a keyframe on lie before the clock's zero, where ffmpeg would drop them. */
const FROM_ZERO = "setpts=PTS-STARTPTS";

/** Bytes of one raw yuv420p picture. */
export const rawBytes = ({ width, height }: Size): number => (width * height * 3) / 2;

/**
 * A still as JPEG; empty when there is no picture at that time.
 *
 * @param exact the picture at that time, not the keyframe before it
 */
export const jpegAt = (
  job: Job,
  source: SourceInfo,
  time: number,
  size: Size,
  exact: boolean,
): Promise<Buffer<ArrayBuffer>> =>
  extract(job, source, seekTo(time, exact), [
    ...[
      "-vf",
      `${stillFilters(job, source, size, [FROM_ZERO])},format=yuvj420p`,
      "-frames:v",
      "1",
      "-c:v",
      "mjpeg",
      "-q:v",
      "3",
      "-f",
      "mjpeg",
    ],
  ]);

/** Every still exactly, by decoding the whole film once. */
const exactStills = async (
  job: Job,
  source: SourceInfo,
  size: Size,
  interval: number,
  count: number,
): Promise<Buffer[]> => {
  const bytes = rawBytes(size);
  const filters = stillFilters(job, source, size, [
    // A film shorter than one interval has its picture too.
    `fps=fps=${1 / interval}:start_time=0:round=down:eof_action=pass`,
  ]);
  const output = ["-vf", filters, "-frames:v", String(count), ...RAW];
  const all = await extract(job, source, [], output);
  return Array.from({ length: count }, (_, index) =>
    all.subarray(index * bytes, (index + 1) * bytes),
  ).map((still, index, stills) =>
    still.length === bytes || index === 0
      ? still
      : (stills.slice(0, index).findLast(({ length }) => length === bytes) ?? still),
  );
};

/**
 * Small raw pictures at a regular interval; a time without a picture repeats the one before. Of a long film they are
 * the keyframes before; where most of these are one and the same, for keyframes are rare, they are exact again.
 */
export const rawStills = async (
  job: Job,
  source: SourceInfo,
  size: Size,
  interval: number,
  count: number,
  onStill: (done: number) => void,
): Promise<{ stills: Buffer[]; exact: boolean }> => {
  const exactly = async () => ({
    stills: await exactStills(job, source, size, interval, count),
    exact: true,
  });
  // However rare its keyframes: some films take too long to be decoded for their stills alone.
  const inTime = decodeSeconds(source) <= COMFORTABLE_SECONDS;
  if (inTime && source.duration < EXACT_BELOW) return exactly();
  const bytes = rawBytes(size);
  const stills: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const still = await extract(job, source, seekTo(index * interval, false), [
      "-vf",
      stillFilters(job, source, size, [FROM_ZERO]),
      "-frames:v",
      "1",
      ...RAW,
    ]);
    stills.push(still.length === bytes ? still : (stills.at(-1) ?? still));
    onStill(index + 1);
  }
  const repeated = stills.filter((still, index) => stills[index - 1]?.equals(still)).length;
  if (inTime && repeated > count / 2) return exactly();
  return { stills, exact: false };
};

/** Raw pictures of a short piece of film, from `start` exactly or from the keyframe before it on. */
export const rawClip = (
  job: Job,
  source: SourceInfo,
  size: Size,
  start: number,
  seconds: number,
  rate: number,
  exact: boolean,
): Promise<Buffer<ArrayBuffer>> =>
  extract(
    job,
    source,
    [...(exact ? [] : ["-noaccurate_seek"]), "-ss", start.toFixed(3)],
    [
      "-vf",
      stillFilters(job, source, size, [FROM_ZERO, `fps=${rate}`]),
      "-t",
      String(seconds),
      ...RAW,
    ],
  );
