import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  type Job,
  outputMeter,
  outputPath,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { MAX_SIDE } from "../plan/ladder.ts";
import { choosePoster, stillQuality } from "./poster-choice.ts";
import { jpegAt, rawBytes, rawClip, rawStills, type Size } from "./sampled-frames.ts";
import { layoutStoryboard, type Storyboard, storyboardVtt } from "./storyboard.ts";

export type ImagesSpec = Extract<TaskSpec, { kind: "images" }>;

const POSTER_SHORT_SIDE = 720;
const PREVIEW_WIDTH = 320;
const PREVIEW_RATE = 8;
const PREVIEW_CLIPS = 3;
const PREVIEW_CLIP_SECONDS = 1;
/** Share of the work, for the progress. */
const STILLS_SHARE = 0.8;

const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));

const fit = ({ video }: SourceInfo, scale: number): Size => ({
  width: even(video.width * Math.min(1, scale)),
  height: even(video.height * Math.min(1, scale)),
});

/** Encodes raw pictures into one file. */
const encodeRaw = async (
  job: Job,
  folder: string,
  name: string,
  raw: Buffer,
  size: Size,
  rate: number,
  args: readonly string[],
): Promise<Buffer<ArrayBuffer>> => {
  const [input, output] = [join(folder, `${name}.yuv`), join(folder, name)];
  await writeFile(input, raw);
  const result = await runFfmpeg(job, [
    ...[
      "-f",
      "rawvideo",
      "-pix_fmt",
      "yuv420p",
      "-s",
      `${size.width}x${size.height}`,
      "-r",
      String(rate),
      "-i",
      input,
    ],
    ...args,
    output,
  ]);
  if (result.exitCode !== 0) throw encodeFailure(result);
  return readFile(output);
};

const sheet = (
  job: Job,
  folder: string,
  stills: readonly Buffer[],
  layout: Storyboard,
): Promise<Buffer<ArrayBuffer>> =>
  encodeRaw(job, folder, "storyboard.jpg", Buffer.concat(stills), layout, 1, [
    ...[
      "-vf",
      `tile=${layout.columns}x${layout.rows},scale=out_range=pc,format=yuvj420p`,
      "-frames:v",
      "1",
      "-q:v",
      "4",
      "-f",
      "mjpeg",
    ],
  ]);

/** A few seconds from all over the film, for hover; undefined when this build can write no animation. */
const preview = async (
  job: Job,
  folder: string,
  source: SourceInfo,
  exact: boolean,
): Promise<{ name: string; contentType: string; bytes: Buffer<ArrayBuffer> } | undefined> => {
  const webp = job.capabilities.encoders.has("libwebp_anim");
  const size = fit(source, PREVIEW_WIDTH / source.video.width);
  const seconds = Math.min(PREVIEW_CLIP_SECONDS, source.duration / PREVIEW_CLIPS);
  const clips: Buffer[] = [];
  for (let index = 0; index < PREVIEW_CLIPS; index += 1) {
    clips.push(
      await rawClip(
        job,
        source,
        size,
        ((index + 0.5) * source.duration) / PREVIEW_CLIPS - seconds / 2,
        seconds,
        PREVIEW_RATE,
        exact,
      ),
    );
  }
  const raw = Buffer.concat(clips);
  if (raw.length < rawBytes(size)) return undefined;
  const [name, contentType] = webp ? ["preview.webp", "image/webp"] : ["preview.gif", "image/gif"];
  const args = webp
    ? ["-c:v", "libwebp_anim", "-q:v", "55", "-compression_level", "4", "-loop", "0"]
    : ["-loop", "0"];
  return {
    name,
    contentType,
    bytes: await encodeRaw(job, folder, name, raw, size, PREVIEW_RATE, args),
  };
};

/** The picture that its creator picked: the last one to begin by then. Where frames are far apart, the keyframe before. */
const pickedPoster = async (
  job: Job,
  source: SourceInfo,
  time: number,
  size: Size,
): Promise<Buffer<ArrayBuffer>> => {
  const { num, den } = source.video.frameRate;
  const picked = await jpegAt(job, source, Math.max(0, time - (0.99 * den) / num), size, true);
  return picked.length > 0 ? picked : jpegAt(job, source, time, size, false);
};

/**
 * Poster, storyboard sheet with its WebVTT, and a short animation.
 *
 * @throws TaskFailure `damaged_file` when no still can be decoded
 */
export const makeImages = async (job: Job, spec: ImagesSpec): Promise<TaskResult> => {
  const { source } = spec;
  const prefix = outputPath(job, "files");
  const meter = outputMeter(spec.limits.maxOutputBytes);
  const store = async (
    name: string,
    contentType: string,
    bytes: Buffer<ArrayBuffer>,
  ): Promise<void> => {
    meter(bytes.length);
    await job.storage.put(prefix + name, bytes, contentType);
  };
  await using folder = await mkdtempDisposable(join(job.folder, "images-"));
  const layout = layoutStoryboard(source.duration, source.video);
  const { stills, exact } = await rawStills(
    job,
    source,
    layout,
    layout.interval,
    layout.count,
    (done) => job.emit({ type: "progress", ratio: (STILLS_SHARE * done) / layout.count }),
  );
  if (stills[0]?.length !== rawBytes(layout)) throw new TaskFailure("damaged_file", "no still");
  const best = choosePoster(
    stills.map((still) =>
      stillQuality(still.subarray(0, layout.width * layout.height), layout.width),
    ),
  );
  const { width, height } = source.video;
  const scale = Math.min(
    POSTER_SHORT_SIDE / Math.min(width, height),
    MAX_SIDE / Math.max(width, height),
  );
  const size = fit(source, scale);
  const poster =
    spec.posterAt === null
      ? await jpegAt(job, source, best * layout.interval, size, exact)
      : await pickedPoster(job, source, spec.posterAt, size);
  if (poster.length === 0) throw new TaskFailure("damaged_file", "no poster");
  await store("poster.jpg", "image/jpeg", poster);
  await store("storyboard.jpg", "image/jpeg", await sheet(job, folder.path, stills, layout));
  await store(
    "storyboard.vtt",
    "text/vtt; charset=utf-8",
    Buffer.from(storyboardVtt(layout, source.duration, "storyboard.jpg")),
  );
  const animation = await preview(job, folder.path, source, exact);
  if (animation !== undefined) await store(animation.name, animation.contentType, animation.bytes);
  return {
    kind: "images",
    poster: "poster.jpg",
    storyboard: "storyboard.vtt",
    preview: animation?.name ?? null,
  };
};
