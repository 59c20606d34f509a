/**
 * Sources that would be web-ready in another container: Matroska, fragmented MP4 and transport streams have no single
 * index from which frames can be copied. ffmpeg copies them into an MP4 file first, which is judged like any other
 * (plan-copy.ts).
 */
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { VideoRendition } from "../../../workers/contract/transcodes.ts";
import { isCaptionCodec } from "../probe/accepted-formats.ts";
import type { Probed } from "../probe/ffprobe-output.ts";
import { runFfmpeg, type TaskRun } from "../runtime/task-run.ts";

/** Containers that store presentation times. AVI and raw streams do not: ffmpeg guesses them. */
const TIMED_DEMUXERS = ["matroska", "mov", "mpegts", "flv"];
/** Nobody can watch until the copy is stored, so a larger source is encoded, which starts at once. */
const MAX_COPIED_BYTES = 512 * 1024 * 1024;
/** Enough for the first groups of pictures; each frame takes a millisecond or two. */
const COMPARED_FRAMES = 60;
/** The list of that many frames is shorter than this. */
const MAX_LIST_BYTES = 1 << 16;

/**
 * Whether a source that can be encoded directly should be copied into MP4 first, so that its top rendition may be a
 * copy. It must have nothing that MP4 might not store: captions, chapters, or Matroska's descriptions of the frames.
 * @param top rendition of the ladder
 * @param maxRatio how many times the bits of an encode the source may have
 */
export function isWorthCopying(
  { video, audio, captions, bytes, duration }: SourceInfo,
  hasChapters: boolean,
  top: VideoRendition | undefined,
  maxRatio: number,
): boolean {
  const bitrate = (bytes * 8) / duration;
  return (
    top !== undefined &&
    bytes <= MAX_COPIED_BYTES &&
    bitrate <= top.maxrate * maxRatio &&
    video.codec === "h264" &&
    video.bitDepth === 8 &&
    !video.interlaced &&
    video.range === "sdr" &&
    video.rotation === 0 &&
    video.mirrored !== true &&
    video.crop === undefined &&
    video.width === video.codedWidth &&
    video.height === video.codedHeight &&
    audio.every(({ codec }) => codec === "aac") &&
    audio.length <= 1 &&
    captions.length === 0 &&
    !hasChapters
  );
}

/** Whether the tracks of a source without an index may be published unchanged, as far as ffprobe can tell. */
export function mayBeCopied(demuxer: string, { streams, chapters }: Probed): boolean {
  const of = (type: string) => streams.filter(({ codec_type: one }) => one === type);
  const [video, ...others] = of("video");
  const audio = of("audio");
  return (
    TIMED_DEMUXERS.includes(demuxer) &&
    video?.codec_name === "h264" &&
    video.pix_fmt === "yuv420p" &&
    video.field_order === "progressive" &&
    others.length === 0 &&
    audio.length <= 1 &&
    audio.every(({ codec_name: codec }) => codec === "aac") &&
    !of("subtitle").some(({ codec_name: codec }) => isCaptionCodec(codec)) &&
    chapters.length === 0
  );
}

/** How far audio may begin before the first frame: in most containers, ffmpeg puts the encoder's priming there. */
const MAX_LEAD_SECONDS = 0.1;

/**
 * ffmpeg's options for an MP4 file whose video begins at 0, as in uploaded ones: an edit list hides the audio before it.
 * Undefined if that audio is more than priming.
 */
export function videoAtZero({ format, streams }: Probed): string[] | undefined {
  const video = streams.find(({ codec_type: type }) => type === "video");
  const lead = (video?.start_time ?? 0) - format.start_time;
  if (lead < 0 || lead > MAX_LEAD_SECONDS) return undefined;
  return ["-output_ts_offset", (-lead).toFixed(6), "-avoid_negative_ts", "disabled"];
}

/** The hashes of the first frames that an input decodes to. @param input ffmpeg's input options */
async function firstFrames(run: TaskRun, input: readonly string[]): Promise<string[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  await runFfmpeg(
    run,
    [
      ...["-threads", String(run.threads), ...input, "-map", "0:v:0"],
      ...["-frames:v", String(COMPARED_FRAMES), "-f", "framemd5", "pipe:3"],
    ],
    {
      pipes: [
        async (stream: AsyncIterable<Buffer>) => {
          for await (const chunk of stream) {
            length += chunk.length;
            if (length <= MAX_LIST_BYTES) chunks.push(chunk);
          }
        },
      ],
    },
  );
  return Buffer.concat(chunks)
    .toString("latin1")
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",").at(-1)?.trim() ?? "");
}

/**
 * Whether a copy decodes to the frames of its source. Some files mislabel their streams, and a copy of such packets can
 * be undecodable, which the first frames show.
 */
export async function showsSameFrames(
  run: TaskRun,
  source: readonly string[],
  copy: readonly string[],
): Promise<boolean> {
  const [own, copied] = await Promise.all([firstFrames(run, source), firstFrames(run, copy)]);
  return own.length > 0 && own.join() === copied.join();
}
