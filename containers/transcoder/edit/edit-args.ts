import type { FrameRange } from "../../../workers/contract/edit-parts.ts";
import type { TaskSpec } from "../../../workers/contract/transcodes.ts";
import type { AudioStream, Fraction } from "../../../workers/contract/source.ts";
import { countFrames } from "../../../workers/domain/edit-timeline.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { firstTwoOf } from "../probe/discrete-channels.ts";
import { gridShift } from "../probe/source-info.ts";
import { seekToKeyframe, sourceInput, videoInput } from "../probe/source-input.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import { outputMatrix, scaleFrames } from "../video/frame-filters.ts";
import { frameSeek, gridFilters, timescaleFor } from "../video/video-args.ts";

export type EditSpec = Extract<TaskSpec, { kind: "edit" }>;

/** A short GOP, because later tasks seek to any chunk: few frames are decoded in vain. */
const KEY_FRAME_SECONDS = 1;
/** Decoders need some data before their output is correct. */
const AUDIO_PREROLL_SECONDS = 1;

/** The position of the image, in terms of the filter `overlay`. */
function placeOf({ position, margin }: NonNullable<EditSpec["watermark"]>): string {
  if (position === "center") return "x=(W-w)/2:y=(H-h)/2";
  const [vertical, horizontal] = position.split("-");
  const x = horizontal === "left" ? margin : `W-w-${margin}`;
  const y = vertical === "top" ? margin : `H-h-${margin}`;
  return `x=${x}:y=${y}`;
}

/** The filters that lay the image of the second input over the frames of `[m]` and end with `[v]`. */
function overlay({ source, watermark }: EditSpec): string {
  if (!watermark) return "[m]null[v]";
  const { width, opacity } = watermark;
  const colours = `out_color_matrix=${outputMatrix(source.video)}:out_range=tv`;
  return [
    // Converted to the colours of the video, because the filter blends without converting.
    `[1:v]format=rgba,colorchannelmixer=aa=${opacity},scale=${width}:-2:flags=bicubic:${colours},format=yuva420p[w]`,
    `[m][w]overlay=${placeOf(watermark)}:format=yuv420:eof_action=repeat,format=yuv420p[v]`,
  ].join(";");
}

/** The inputs from which the frames of one part are made. */
export interface PartRun {
  url: string;
  /** Input options of the image that is laid over the video; empty without one. */
  picture: readonly string[];
  capabilities: Capabilities;
  threads: number;
  /** Whether the video changes its size or format. */
  changing: boolean;
  file: string;
}

/**
 * ffmpeg's arguments for the frames of one part, in the same form as in the streams of this video, but with more bits.
 */
export function partArgs(spec: EditSpec, part: FrameRange, run: PartRun): string[] {
  const { source, rendition } = spec;
  const { url, picture, capabilities, threads, changing, file } = run;
  const { frameRate, crf, maxrate, bufsize } = rendition;
  const frames = { source, frameRate, ...part };
  const matrix = outputMatrix(source.video);
  const filters = [
    ...gridFilters(frames, capabilities, changing),
    // The grid counts in frames.
    "setpts=N",
    // setpts of ffmpeg 7 leaves frames without a duration: the last one would end as it begins, and the next part would be
    // joined a frame too early.
    `fps=${frameRate.num}/${frameRate.den}`,
    // setpts of the 2018 build moves the frames and not their end: the last one would be repeated until then.
    `trim=end_frame=${countFrames([part])}`,
    ...scaleFrames(source, rendition, capabilities.filters),
  ];
  return [
    ...["-copyts", "-start_at_zero", "-threads", String(threads)],
    ...["-filter_complex_threads", String(threads)],
    ...videoInput(url, source, capabilities, [
      ...(changing ? ["-reinit_filter", "0"] : []),
      ...seekToKeyframe(frameSeek(frames), source.demuxer),
    ]),
    ...picture,
    "-filter_complex",
    `[0:${source.video.index}]${filters.join(",")}[m];${overlay(spec)}`,
    ...["-map", "[v]"],
    ...capabilities.passthrough,
    ...[
      "-c:v",
      "libx264",
      "-preset",
      "veryfast",
      "-profile:v",
      "high",
      "-threads",
      String(threads),
    ],
    ...["-crf", String(crf), "-maxrate", String(maxrate), "-bufsize", String(bufsize)],
    // Without B-frames there is no decoding delay, so the parts join without a gap in any container.
    ...["-bf", "0", "-g", String(Math.max(1, Math.round(KEY_FRAME_SECONDS * rateOf(frameRate))))],
    ...["-colorspace", matrix, "-color_primaries", matrix, "-color_trc", matrix],
    ...["-color_range", "tv", "-map_metadata", "-1", "-fflags", "+bitexact"],
    ...["-video_track_timescale", String(timescaleFor(frameRate.num)), "-f", "mp4", file],
  ];
}

/**
 * The samples of each range, counted from the start of the source. Each cumulative sum is rounded once, so that audio
 * never drifts from the frames, however many cuts there are.
 */
function keptSamples(
  keep: readonly FrameRange[],
  { num, den }: Fraction,
  sampleRate: number,
): FrameRange[] {
  const sampleAt = (frame: number) => Math.round((frame * den * sampleRate) / num);
  let before = 0;
  return keep.map(({ from, to }) => {
    const start = sampleAt(from);
    const length = sampleAt(before + to - from) - sampleAt(before);
    before += to - from;
    return { from: start, to: start + length };
  });
}

/**
 * Options of aresample that start a track at a sample of the source: a late start and gaps become silence. Unlike for
 * the streams (audio/audio-args.ts), nothing is stretched: each sample stays unchanged.
 */
const inPlace = (start: number): string =>
  `async=1:first_pts=${start}:min_comp=0.0001:min_hard_comp=0.02`;

/** FLAC stores up to eight channels. */
const MAX_STORED_CHANNELS = 8;

function storedFormat({ channels }: AudioStream): string {
  const layout = channels > MAX_STORED_CHANNELS ? ":channel_layouts=stereo" : "";
  return `aformat=sample_fmts=s16${layout}`;
}

/** Filters that end with the kept samples of a track, without gaps. @param startSeconds time from which it is read */
function trackFilter(spec: EditSpec, position: number, startSeconds: number): string {
  const { source, rendition, keep } = spec;
  const track = source.audio[position];
  if (track === undefined) return "";
  const { sampleRate } = track;
  const start = Math.floor(startSeconds * sampleRate);
  const ranges = keptSamples(keep, rendition.frameRate, sampleRate);
  const labels = ranges.map((_, index) => `a${position}x${index}`);
  const trims = ranges.map(
    ({ from, to }, index) =>
      `[${labels[index]}]atrim=start_sample=${from - start}:end_sample=${to - start},asetpts=PTS-STARTPTS[${labels[index]}t]`,
  );
  return [
    [
      `[1:${track.index}]${[...firstTwoOf(track.discrete), `asetpts=PTS-(${gridShift(source.video).toFixed(6)})/TB`].join(",")}`,
      `aresample=${sampleRate}`,
      `aresample=${inPlace(start)}`,
      storedFormat(track),
      "apad",
      `asplit=${labels.length}${labels.map((label) => `[${label}]`).join("")}`,
    ].join(","),
    ...trims,
    `${labels.map((label) => `[${label}t]`).join("")}concat=n=${labels.length}:v=0:a=1,asetpts=N/SR/TB[a${position}]`,
  ].join(";");
}

/** A track from another file. */
export interface OtherTrack {
  url: string;
  demuxer: string;
  track: AudioStream;
}

/** Filters that end with as many samples of another file as the edited video is long. */
function otherFilter({ track }: OtherTrack, input: number, seconds: number): string {
  const filters = [
    ...firstTwoOf(track.discrete),
    `aresample=${track.sampleRate}`,
    `aresample=${inPlace(0)}`,
    ...[storedFormat(track), "apad"],
    `atrim=end_sample=${Math.round(seconds * track.sampleRate)}`,
    "asetpts=N/SR/TB",
  ];
  return `[${input}:${track.index}]${filters.join(",")}[other]`;
}

/**
 * ffmpeg's arguments for the file of all parts, with the audio of the kept ranges.
 * @param list names the parts, for the demuxer `concat`
 * @param other is added, or replaces all tracks
 */
export function joinArgs(
  spec: EditSpec,
  list: string,
  url: string,
  file: string,
  other?: OtherTrack,
): string[] {
  const { source, rendition, keep } = spec;
  const rate = rateOf(rendition.frameRate);
  const startSeconds = Math.max(0, (keep[0]?.from ?? 0) / rate - AUDIO_PREROLL_SECONDS);
  const seek = startSeconds === 0 ? [] : ["-noaccurate_seek", "-ss", startSeconds.toFixed(6)];
  const kept = spec.audio?.mode === "replace" ? [] : source.audio;
  const tracks = [
    ...kept.map((track, position) => ({
      ...{ label: `a${position}`, language: track.language, title: track.title },
      isDefault: track.isDefault,
      filter: trackFilter(spec, position, startSeconds),
    })),
    ...(other === undefined
      ? []
      : [
          {
            ...{ label: "other", language: spec.audio?.language ?? null, title: null },
            isDefault: kept.length === 0,
            filter: otherFilter(other, kept.length === 0 ? 1 : 2, countFrames(keep) / rate),
          },
        ]),
  ];
  const video = [
    ...["-copyts", "-start_at_zero"],
    ...["-protocol_whitelist", "file,http,https,tls,tcp", "-f", "concat", "-safe", "0", "-i", list],
  ];
  const copied = ["-map", "0:v:0", "-c:v", "copy", "-map_metadata", "-1", "-map_chapters", "-1"];
  // Matroska stores languages and titles of tracks unchanged.
  const output = ["-fflags", "+bitexact", "-f", "matroska", file];
  if (tracks.length === 0) return [...video, ...copied, ...output];
  return [
    ...video,
    ...(kept.length === 0 ? [] : sourceInput(url, source.demuxer, seek)),
    ...(other === undefined ? [] : sourceInput(other.url, other.demuxer)),
    ...["-filter_complex", tracks.map(({ filter }) => filter).join(";")],
    ...copied,
    ...tracks.flatMap(({ label, language, title, isDefault }, position) => [
      ...["-map", `[${label}]`, `-disposition:a:${position}`, isDefault ? "default" : "0"],
      ...(language === null ? [] : [`-metadata:s:a:${position}`, `language=${language}`]),
      ...(title === null ? [] : [`-metadata:s:a:${position}`, `title=${title}`]),
    ]),
    ...["-c:a", "flac", ...output],
  ];
}
