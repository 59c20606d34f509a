import {
  MAX_POSTER_BYTES,
  type PosterType,
  UPLOADED_POSTER_SIZE,
} from "../../../workers/contract/poster-limits.ts";
import { SIGNATURE_BYTES } from "../../../workers/domain/file-signatures.ts";
import { posterTypeOf } from "../../../workers/domain/poster-files.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  inputUrl,
  peekInput,
  runFfmpeg,
  type TaskRun,
} from "../runtime/task-run.ts";
import { imageInput } from "../probe/source-input.ts";

/** The only demuxer that may open a file of each type, whatever else the file claims to be. */
const DEMUXERS: Record<PosterType, string> = {
  "image/jpeg": "jpeg_pipe",
  "image/png": "png_pipe",
  "image/webp": "webp_pipe",
  "image/avif": "mov",
};
const { width, height } = UPLOADED_POSTER_SIZE;

/** Fills the poster, crops the excess, and puts transparent images on black. */
const FILTERS = [
  `scale=${width}:${height}:force_original_aspect_ratio=increase`,
  `crop=${width}:${height}`,
  "setsar=1,format=gbrap,premultiply=inplace=1",
  "scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p",
].join(",");

/**
 * ffmpeg's input options for an image that a creator has uploaded.
 * @param name of the task's input
 * @throws TaskFailure `unreadable_poster`
 */
export async function pictureInput(run: TaskRun, name: string): Promise<string[]> {
  const { bytes, size } = await peekInput(run, name, SIGNATURE_BYTES);
  const type = posterTypeOf(bytes);
  if (type === null || size > MAX_POSTER_BYTES)
    throw new TaskFailure("unreadable_poster", `${type}, ${size} bytes`);
  return imageInput(inputUrl(run, name), DEMUXERS[type]);
}

/**
 * The image that a creator has uploaded as a poster, encoded again: no byte of the file itself is ever served.
 * @throws TaskFailure `unreadable_poster`
 */
export async function uploadedPoster(run: TaskRun): Promise<Buffer<ArrayBuffer>> {
  const input = await pictureInput(run, "poster");
  let poster: Buffer<ArrayBuffer> = Buffer.alloc(0);
  const result = await runFfmpeg(
    run,
    [
      ...input,
      ...["-map", "0:v:0", "-map_metadata", "-1", "-vf", FILTERS, "-frames:v", "1"],
      ...["-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg", "pipe:3"],
    ],
    {
      pipes: [
        async (stream) => {
          poster = Buffer.concat(await stream.toArray());
        },
      ],
    },
  );
  if (result.exitCode === 0 && poster.length > 0) return poster;
  const failure = encodeFailure(result);
  if (failure.code === "runner_disk_full") throw failure;
  throw new TaskFailure("unreadable_poster", failure.log);
}
