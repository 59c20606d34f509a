import type { Fraction, SourceInfo } from "../../../workers/contract/source.ts";
import type { TaskSpec, VideoRendition } from "../../../workers/contract/transcodes.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { seekToKeyframe, videoInput } from "../probe/source-input.ts";
import { cleanFrames, outputMatrix, scaleFrames } from "./frame-filters.ts";

export type VideoSpec = Extract<TaskSpec, { kind: "video" }>;

/** How far before a chunk to seek. MPEG-TS would need more, but it has no index and is remuxed first. */
const PREROLL_SECONDS = 1;
const FIRST_PIPE = 3;
/** Ticks per second. */
const MIN_TIMESCALE = 10_000;

/** The first frame of each of the task's segments, and the end of the last one. */
export function cutsOf({ grid, firstSegment, segmentCount, cuts }: VideoSpec): number[] {
  return (
    cuts ??
    Array.from({ length: segmentCount + 1 }, (_, index) =>
      Math.min((firstSegment + index) * grid.framesPerSegment, grid.totalFrames),
    )
  );
}

/** Frames of a source on an output grid. */
export interface GridFrames {
  source: SourceInfo;
  frameRate: Fraction;
  from: number;
  /** The frame after the last one. */
  to: number;
}

function gridFramesOf(spec: VideoSpec): GridFrames {
  const cuts = cutsOf(spec);
  const { source, grid } = spec;
  return { source, frameRate: grid.frameRate, from: cuts[0] ?? 0, to: cuts.at(-1) ?? 0 };
}

/**
 * The grid frame at which the numbering of frames starts: the first one, or the video track's last frame if they lie after
 * it because the audio lasts longer.
 */
function clockStart({ source, frameRate, from }: GridFrames): number {
  const lastFrame = Math.floor(source.video.endTime * rateOf(frameRate)) - 1;
  return Math.max(0, Math.min(from, lastFrame));
}

/** The time from whose keyframe on frames are decoded, in seconds: the frame that is shown first may be older. */
export function frameSeek(frames: GridFrames): number {
  return (clockStart(frames) - 0.5) / rateOf(frames.frameRate) - PREROLL_SECONDS;
}

/** Filters that give exactly the frames of a part of the grid, deinterlaced, cropped and turned. @param changing as of `videoArgs` */
export function gridFilters(
  frames: GridFrames,
  { filters }: Pick<Capabilities, "filters">,
  changing: boolean,
): string[] {
  const { source, frameRate, from, to } = frames;
  const { codedWidth, codedHeight } = source.video;
  return [
    // Of all these filters, only scale accepts frames whose size and format change.
    ...(changing ? [`scale=${codedWidth}:${codedHeight}:interl=-1`] : []),
    ...cleanFrames(source.video, filters),
    // fps drops a last frame of unknown duration if nothing follows it.
    "tpad=stop_mode=clone:stop=1",
    // With its start at the first frame, fps fills the grid from the preceding frame, however long that one lasts.
    `fps=fps=${frameRate.num}/${frameRate.den}:start_time=${clockStart(frames) / rateOf(frameRate)}`,
    // If audio outlasts the video track, the last frame is repeated until the end.
    "tpad=stop_mode=clone:stop=-1",
    `trim=start_pts=${from}:end_pts=${to}`,
  ];
}

/**
 * The time from whose keyframe on a chunk is decoded, in seconds. If chunks begin at keyframes of the source, it is
 * that keyframe itself; otherwise frames from well before the chunk are kept, because the frame shown at its start may
 * be older.
 */
function decodingStart(spec: VideoSpec): number {
  const frames = gridFramesOf(spec);
  if (spec.cuts === undefined) return frameSeek(frames);
  // Halfway to the next frame, since frames of such a source are at most a quarter of a frame from their positions.
  return (clockStart(frames) + 0.5) / rateOf(frames.frameRate) + spec.source.video.startTime;
}

/** A filter that gives the same frames to several branches, with its outputs. */
const splitTo = (labels: readonly string[]): string =>
  `split=${labels.length}${labels.map((label) => `[${label}]`).join("")}`;

/**
 * The filters that end a chain with the frames of all renditions, v0, v1 and so on. With a copied top rendition, only
 * the largest rendition is scaled from the source's frames; the others are scaled from it, by zscale if it can do the
 * same. That saves a fifth of the processor time, and at the same bits they look the same (decisions 427 and 665).
 */
function scaledBranches(
  { source, renditions, cuts }: VideoSpec,
  { filters, bicubicZscale }: Capabilities,
): { split: string; branches: string[] } {
  const colours = outputMatrix(source.video) === "bt709" ? "709" : "smpte170m";
  // Stated for both sides: ffmpeg 7 asks for the output's colours, and zscale refuses to convert from unknown ones.
  const sameColours = ["min", "m", "pin", "p", "tin", "t"]
    .map((option) => `${option}=${colours}`)
    .concat("rin=limited", "r=limited")
    .join(":");
  function scaleTo(rendition: VideoRendition): string[] {
    const { width, height, pixelAspect } = rendition;
    // A source with cuts is copied, so its frames differ only in size.
    return cuts === undefined || bicubicZscale === undefined
      ? scaleFrames(source, rendition, filters)
      : [
          `zscale=${width}:${height}:${bicubicZscale}:${sameColours}`,
          `setsar=${pixelAspect.num}/${pixelAspect.den}:max=4096`,
        ];
  }
  function branch(rendition: VideoRendition): string {
    const index = renditions.indexOf(rendition);
    return `[s${index}]${scaleTo(rendition).join(",")}[v${index}]`;
  }
  const labels = renditions.map((_, index) => `s${index}`);
  const pixels = renditions.map(({ width, height }) => width * height);
  const largest = pixels.indexOf(Math.max(...pixels));
  const rendition = renditions[largest];
  if (cuts === undefined || rendition === undefined || renditions.length === 1)
    return { split: splitTo(labels), branches: renditions.map(branch) };
  const others = renditions.filter((_, index) => index !== largest);
  return {
    split: [
      ...scaleTo(rendition),
      splitTo(labels.map((label, index) => (index === largest ? `v${index}` : label))),
    ].join(","),
    branches: others.map(branch),
  };
}

/** The filter graph: one decode for all renditions, deinterlaced, cut on the output grid, then split and scaled. */
function filterGraph(spec: VideoSpec, capabilities: Capabilities, changing: boolean): string {
  const { source } = spec;
  const shared = gridFilters(gridFramesOf(spec), capabilities, changing);
  const { split, branches } = scaledBranches(spec, capabilities);
  return [`[0:${source.video.index}]${shared.join(",")},${split}`, ...branches].join(";");
}

/** Options that put a keyframe at each cut. Without cuts, all GOPs have the same length anyway. */
function forcedKeyFrames({ grid, cuts }: VideoSpec): string[] {
  if (cuts === undefined) return [];
  // Half a frame early, because ffmpeg takes the first frame at or after each time.
  const times = cuts
    .slice(0, -1)
    .map((frame) => Math.max(0, (frame - 0.5) / rateOf(grid.frameRate)));
  return ["-force_key_frames", times.map((time) => time.toFixed(6)).join(",")];
}

/** Encoder options of one rendition: constant quality with a maximum bitrate, closed GOPs of exactly one segment. */
function videoEncoderArgs(
  { codec, crf, maxrate, bufsize }: VideoRendition,
  framesPerSegment: number,
  threads: number,
): string[] {
  const gop = ["-g", String(framesPerSegment), "-keyint_min", String(framesPerSegment)];
  const common = ["-crf", String(crf), "-threads", String(threads), ...gop];
  switch (codec) {
    case "h264":
      return [
        ...["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", ...common],
        ...["-maxrate", String(maxrate), "-bufsize", String(bufsize), "-sc_threshold", "0"],
        ...["-flags", "+cgop"],
      ];
    case "vp9":
      return [
        ...["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "5", "-b:v", String(maxrate)],
        ...common,
        ...["-lag-in-frames", "16", "-auto-alt-ref", "1"],
      ];
    case "av1":
      return [
        ...["-c:v", "libsvtav1", "-preset", "8", "-svtav1-params", `lp=${threads}:scd=0`],
        ...[...common, "-maxrate", String(maxrate), "-bufsize", String(bufsize)],
      ];
  }
}

/**
 * Fragmented MP4 with one fragment per GOP. `negative_cts_offsets` starts the decode time at the first frame's
 * presentation time, so that the decode times of chunks join; `delayComposition` makes the offsets positive.
 */
function fragmentArgs(timescale: number, firstSegment: number): string[] {
  return [
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-avoid_negative_ts", "disabled"],
    ...[
      "-movflags",
      "+frag_keyframe+empty_moov+default_base_moof+frag_discont+negative_cts_offsets+skip_trailer",
    ],
    ...["-video_track_timescale", String(timescale), "-fragment_index", String(firstSegment + 1)],
    ...["-f", "mp4"],
  ];
}

/**
 * By how many frames an encoder's decoding order differs from the presentation order, at most. It is the same for all
 * chunks, however short, because it is part of the init segment. libx264 refers to B-frames (`b-pyramid`); the others
 * hide such frames in packets that show nothing.
 */
export const REORDERED_FRAMES = { h264: 2, vp9: 0, av1: 0 } as const;

/**
 * The fewest frames of a last segment that is not the only one: one more than are reordered. hls.js ignores edit lists, takes
 * a shorter segment for a gap, and never ends (docs/decisions/472).
 */
export const MIN_LAST_FRAMES = REORDERED_FRAMES.h264 + 1;

/** Ticks per second, chosen so that a frame lasts a whole number of ticks. */
export const timescaleFor = (num: number): number => num * Math.ceil(MIN_TIMESCALE / num);

/** Ticks that a frame lasts. */
export const frameTicks = ({ num, den }: Fraction): number => (timescaleFor(num) / num) * den;

/**
 * ffmpeg's arguments for one chunk. The renditions are written to pipes 3, 4 and so on, in order.
 *
 * @param threads processor threads
 * @param changing whether the video changes its size or format: the filters count frames and must not restart then
 */
export function videoArgs(
  spec: VideoSpec,
  url: string,
  capabilities: Capabilities,
  threads: number,
  changing = false,
): string[] {
  const { grid, source } = spec;
  const seek = seekToKeyframe(decodingStart(spec), source.demuxer);
  const matrix = outputMatrix(source.video);
  const colour = [
    ...["-colorspace", matrix, "-color_primaries", matrix, "-color_trc", matrix],
    ...["-color_range", "tv"],
  ];
  return [
    ...["-copyts", "-start_at_zero", "-threads", String(threads)],
    ...["-filter_complex_threads", String(threads)],
    ...videoInput(url, source, capabilities, [
      ...(changing ? ["-reinit_filter", "0"] : []),
      ...seek,
    ]),
    ...["-filter_complex", filterGraph(spec, capabilities, changing)],
    ...spec.renditions.flatMap((rendition, index) => [
      ...["-map", `[v${index}]`, ...capabilities.passthrough],
      ...videoEncoderArgs(rendition, grid.framesPerSegment, threads),
      ...forcedKeyFrames(spec),
      ...colour,
      ...fragmentArgs(timescaleFor(grid.frameRate.num), spec.firstSegment),
      `pipe:${FIRST_PIPE + index}`,
    ]),
  ];
}
