import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UPLOADED_POSTER_SIZE } from "../../../workers/contract/poster-limits.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { LARGE_POSTER_LINES, POSTER_FILES } from "../../../workers/domain/small-poster.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  type TaskRun,
  outputMeter,
  outputPath,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { MAX_SIDE_PIXELS } from "../plan/ladder.ts";
import { choosePoster, posterScore } from "./poster-choice.ts";
import {
  jpegFrameAt,
  sampledJpeg,
  rawFrameBytes,
  rawFrames,
  sampleFrames,
  type Size,
} from "./sampled-frames.ts";
import { uploadedPoster } from "./uploaded-poster.ts";
import { layoutStoryboard, type Storyboard, storyboardVtt } from "./storyboard.ts";

export type ImagesSpec = Extract<TaskSpec, { kind: "images" }>;

const PREVIEW_WIDTH = 320;
const PREVIEW_FRAME_RATE = 8;
const PREVIEW_EXCERPTS = 3;
const PREVIEW_EXCERPT_SECONDS = 1;
/** Up to this duration, decoding a video once takes less time than a process for each excerpt. */
const MAX_WHOLE_PREVIEW_SECONDS = 2 * PREVIEW_EXCERPTS * PREVIEW_EXCERPT_SECONDS;
/** Share of the progress that sampling frames takes. */
const SAMPLING_PROGRESS_SHARE = 0.8;

const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));

function fit({ video }: SourceInfo, scale: number): Size {
  return {
    width: even(video.width * Math.min(1, scale)),
    height: even(video.height * Math.min(1, scale)),
  };
}

/** An image file, the raw frames from which it is made, and ffmpeg's options for it. */
interface RawImage {
  name: string;
  contentType: string;
  raw: Buffer;
  size: Size;
  rate: number;
  args: readonly string[];
}

/** Encodes several images in one process, because starting one takes longer than encoding them. */
async function encodeRaw(
  run: TaskRun,
  folder: string,
  images: readonly RawImage[],
): Promise<(RawImage & { bytes: Buffer<ArrayBuffer> })[]> {
  const rawFile = ({ name }: RawImage): string => join(folder, `${name}.yuv`);
  await Promise.all(images.map((image) => writeFile(rawFile(image), image.raw)));
  const result = await runFfmpeg(run, [
    ...images.flatMap((image) => [
      ...["-f", "rawvideo", "-pix_fmt", "yuv420p"],
      ...["-s", `${image.size.width}x${image.size.height}`, "-r", String(image.rate)],
      ...["-i", rawFile(image)],
    ]),
    ...images.flatMap(({ name, args }, input) => [
      ...["-map", `${input}:v`, ...args, join(folder, name)],
    ]),
  ]);
  if (result.exitCode !== 0) throw encodeFailure(result);
  return Promise.all(
    images.map(async (image) => ({ ...image, bytes: await readFile(join(folder, image.name)) })),
  );
}

function storyboardSheet(frames: readonly Buffer[], layout: Storyboard): RawImage {
  return {
    name: "storyboard.jpg",
    contentType: "image/jpeg",
    raw: Buffer.concat(frames),
    size: layout,
    rate: 1,
    args: [
      ...["-vf", `tile=${layout.columns}x${layout.rows},scale=out_range=pc,format=yuvj420p`],
      ...["-frames:v", "1", "-q:v", "4", "-f", "mjpeg"],
    ],
  };
}

/**
 * The raw frames of the preview: excerpts from the whole video. A video that is hardly longer than its excerpts is read
 * once for all of them.
 */
async function previewFrames(
  run: TaskRun,
  source: SourceInfo,
  size: Size,
  exact: boolean,
): Promise<Buffer> {
  // If audio outlasts the video track, nothing moves after it.
  const end = Math.min(source.duration, source.video.endTime);
  const seconds = Math.min(PREVIEW_EXCERPT_SECONDS, end / PREVIEW_EXCERPTS);
  const starts = Array.from(
    { length: PREVIEW_EXCERPTS },
    (_, index) => ((index + 0.5) * end) / PREVIEW_EXCERPTS - seconds / 2,
  );
  const read = (start: number, length: number): Promise<Buffer> =>
    rawFrames(run, source, size, start, length, PREVIEW_FRAME_RATE, exact);
  const excerpts: Buffer[] = [];
  if (exact && end <= MAX_WHOLE_PREVIEW_SECONDS) {
    const whole = await read(0, end);
    const frameAt = (time: number): number => Math.round(time * PREVIEW_FRAME_RATE);
    for (const start of starts)
      excerpts.push(
        whole.subarray(
          frameAt(start) * rawFrameBytes(size),
          Math.max(frameAt(start) + 1, frameAt(start + seconds)) * rawFrameBytes(size),
        ),
      );
  } else for (const start of starts) excerpts.push(await read(start, seconds));
  return Buffer.concat(excerpts);
}

/** A short animation that is shown on hover; undefined if no frame can be decoded. */
async function previewAnimation(
  run: TaskRun,
  source: SourceInfo,
  exact: boolean,
): Promise<RawImage | undefined> {
  const size = fit(source, PREVIEW_WIDTH / source.video.width);
  const raw = await previewFrames(run, source, size, exact);
  if (raw.length < rawFrameBytes(size)) return undefined;
  const frames = { raw, size, rate: PREVIEW_FRAME_RATE };
  if (!run.capabilities.encoders.has("libwebp_anim"))
    return { ...frames, name: "preview.gif", contentType: "image/gif", args: ["-loop", "0"] };
  const webp = ["-c:v", "libwebp_anim", "-q:v", "55", "-compression_level", "4", "-loop", "0"];
  return { ...frames, name: "preview.webp", contentType: "image/webp", args: webp };
}

/** The frame at the time the creator chose. If frames are far apart, it is the keyframe before it. */
async function chosenPoster(
  run: TaskRun,
  source: SourceInfo,
  time: number,
  size: Size,
): Promise<Buffer<ArrayBuffer>> {
  const { frameRate, endTime } = source.video;
  const frameSeconds = frameRate.den / frameRate.num;
  // If audio outlasts the video track, its last frame is shown until the end.
  const shown = Math.max(0, Math.min(time, endTime - frameSeconds));
  const exactly = Math.max(0, shown - 0.99 * frameSeconds);
  const frame = await jpegFrameAt(run, source, exactly, size, true);
  return frame.length > 0 ? frame : jpegFrameAt(run, source, shown, size, false);
}

/** The size of a poster that is a frame. */
function posterSize(source: SourceInfo): Size {
  const { width, height } = source.video;
  const scale = Math.min(
    LARGE_POSTER_LINES / Math.min(width, height),
    MAX_SIDE_PIXELS / Math.max(width, height),
  );
  return fit(source, scale);
}

/** The frame that the creator chose, or else the one rated best. */
async function framePoster(
  run: TaskRun,
  { source, posterAt }: ImagesSpec,
  judged: Parameters<typeof sampledJpeg>[3],
): Promise<Buffer<ArrayBuffer>> {
  const size = posterSize(source);
  const chosen = posterAt === null ? undefined : await chosenPoster(run, source, posterAt, size);
  return chosen !== undefined && chosen.length > 0
    ? chosen
    : sampledJpeg(run, source, size, judged);
}

/** A large poster, in a file for screens that show it small. */
async function smallPoster(
  run: TaskRun,
  folder: string,
  poster: Buffer<ArrayBuffer>,
): Promise<Buffer<ArrayBuffer>> {
  const [input, output] = [join(folder, POSTER_FILES.large), join(folder, POSTER_FILES.small)];
  await writeFile(input, poster);
  const result = await runFfmpeg(run, [
    ...["-f", "jpeg_pipe", "-i", input],
    ...["-vf", "scale=iw*3/5:ih*3/5:out_range=pc,format=yuvj420p"],
    ...["-c:v", "mjpeg", "-q:v", "4", "-f", "mjpeg", output],
  ]);
  if (result.exitCode !== 0) throw encodeFailure(result);
  return readFile(output);
}

/**
 * Makes the poster, the storyboard sheet with its WebVTT, and the preview animation.
 *
 * @throws TaskFailure `damaged_file` when no frame can be decoded, `unreadable_poster` when the uploaded picture cannot
 */
export async function makeImages(run: TaskRun, spec: ImagesSpec): Promise<TaskResult> {
  const { source } = spec;
  const prefix = outputPath(run, "files");
  const meter = outputMeter(spec.limits.maxOutputBytes);
  async function store(
    name: string,
    contentType: string,
    bytes: Buffer<ArrayBuffer>,
  ): Promise<void> {
    meter(bytes.length);
    await run.storage.put(prefix + name, bytes, contentType);
  }
  // It comes first, because it may turn out to be unreadable.
  const uploaded = spec.uploadedPoster === undefined ? undefined : await uploadedPoster(run);
  await using folder = await mkdtempDisposable(join(run.folder, "images-"));
  const layout = layoutStoryboard(source.duration, source.video);
  const { frames, origins, method } = await sampleFrames(
    run,
    source,
    layout,
    layout.intervalSeconds,
    layout.count,
    (done) =>
      run.emit({ type: "progress", ratio: (SAMPLING_PROGRESS_SHARE * done) / layout.count }),
  );
  if (frames[0]?.length !== rawFrameBytes(layout))
    throw new TaskFailure("damaged_file", "no frame can be decoded");
  const best = choosePoster(
    frames.map((frame) =>
      posterScore(frame.subarray(0, layout.width * layout.height), layout.width),
    ),
  );
  const judged = { interval: layout.intervalSeconds, index: origins[best] ?? 0, method };
  const poster = uploaded ?? (await framePoster(run, spec, judged));
  if (poster.length === 0)
    throw new TaskFailure("damaged_file", "the poster's frame cannot be decoded");
  const { width, height } = uploaded ? UPLOADED_POSTER_SIZE : posterSize(source);
  const isLarge = Math.min(width, height) >= LARGE_POSTER_LINES;
  const posterName = isLarge ? POSTER_FILES.large : POSTER_FILES.only;
  await store(posterName, "image/jpeg", poster);
  if (isLarge)
    await store(POSTER_FILES.small, "image/jpeg", await smallPoster(run, folder.path, poster));
  const preview = await previewAnimation(run, source, method === "every-frame");
  const images = [storyboardSheet(frames, layout), ...(preview === undefined ? [] : [preview])];
  for (const { name, contentType, bytes } of await encodeRaw(run, folder.path, images))
    await store(name, contentType, bytes);
  await store(
    "storyboard.vtt",
    "text/vtt; charset=utf-8",
    Buffer.from(storyboardVtt(layout, source.duration, "storyboard.jpg")),
  );
  return {
    kind: "images",
    poster: posterName,
    storyboard: "storyboard.vtt",
    preview: preview?.name ?? null,
  };
}
