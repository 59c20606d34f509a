import type { Fraction, SourceInfo, VideoStream } from "../../../workers/contract/source.ts";
import type { TaskSpec, VideoRendition } from "../../../workers/contract/transcodes.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { seekToKeyframe, videoInput } from "../probe/source-input.ts";

export type VideoSpec = Extract<TaskSpec, { kind: "video" }>;

/** Nominal luminance of SDR white in the tone mapping. */
const SDR_WHITE_NITS = 100;
/** Luminance above which highlights clip. The metadata of many files is wrong, so that it decides nothing. */
const HDR_PEAK_NITS = 1000;

/** How far before a chunk to seek. MPEG-TS would need more, but it has no index and is remuxed first. */
const PREROLL_SECONDS = 1;
const FIRST_PIPE = 3;
/** Ticks per second. */
const MIN_TIMESCALE = 10_000;

const TRANSFER = { pq: "smpte2084", hlg: "arib-std-b67", sdr: "bt709" } as const;

/**
 * Maps high dynamic range to BT.709. A build without zscale (without zimg) can only brighten the frames, which keeps
 * them watchable: PQ and HLG encode mid grey far below where BT.709 does.
 */
function toneMap({ range, matrix }: VideoStream, filters: ReadonlySet<string>): string[] {
  if (range === "sdr") return [];
  if (!filters.has("zscale") || !filters.has("tonemap")) return ["eq=gamma=1.6:saturation=1.5"];
  const wide = matrix === "bt2020nc";
  const input = `tin=${TRANSFER[range]}:min=${wide ? "2020_ncl" : "709"}:pin=${wide ? "2020" : "709"}:rin=limited`;
  return [
    `zscale=${input}:t=linear:npl=${SDR_WHITE_NITS}:p=709`,
    "format=gbrpf32le",
    `tonemap=tonemap=hable:desat=0:peak=${HDR_PEAK_NITS / SDR_WHITE_NITS}`,
    "zscale=tin=linear:pin=709:t=709:p=709:m=709:r=limited",
    "format=yuv420p",
  ];
}

/** The YUV matrix of a source's outputs: BT.709 for HDR, BT.2020 and RGB, otherwise the source's own. */
export function outputMatrix(video: VideoStream): "bt709" | "smpte170m" {
  return video.matrix === "smpte170m" && video.range === "sdr" ? "smpte170m" : "bt709";
}

/** The scale filter's input range. For HDR it is stated, because tone mapping relies on limited range. */
function convertRange({ range, fullRange }: VideoStream): string {
  return range === "sdr" ? "" : `:in_range=${fullRange === true ? "pc" : "tv"}`;
}

/** Options of the scale filter that convert SDR frames in RGB or BT.2020 to BT.709. */
function convertMatrix({ matrix, range }: VideoStream): string {
  if (range !== "sdr") return "";
  if (matrix === "rgb") return ":out_color_matrix=bt709";
  return matrix === "bt2020nc" ? ":in_color_matrix=bt2020:out_color_matrix=bt709" : "";
}

/** Frames that were seen to be interlaced may not be flagged, so all are deinterlaced then. */
function deinterlace({ fieldOrder }: VideoStream, filters: ReadonlySet<string>): string {
  const filter = `${filters.has("bwdif") ? "bwdif" : "yadif"}=mode=send_frame`;
  return fieldOrder === undefined
    ? `${filter}:deint=interlaced`
    : `${filter}:parity=${fieldOrder}:deint=all`;
}

/** The first frame of each of the task's segments, and the end of the last one. */
export function cutsOf({ grid, firstSegment, segmentCount, cuts }: VideoSpec): number[] {
  return (
    cuts ??
    Array.from({ length: segmentCount + 1 }, (_, index) =>
      Math.min((firstSegment + index) * grid.framesPerSegment, grid.totalFrames),
    )
  );
}

/**
 * Metadata of rotation and of HDR (AV_FRAME_DATA_DISPLAYMATRIX, _MASTERING_DISPLAY_METADATA and _CONTENT_LIGHT_LEVEL),
 * which newer builds would copy to the output, where it is wrong. By number: the 2018 build lacks a name.
 */
const OUTDATED_SIDE_DATA = [6, 11, 14] as const;

const ROTATIONS: Readonly<Record<number, readonly string[]>> = {
  90: ["transpose=clock"],
  180: ["hflip", "vflip"],
  270: ["transpose=cclock"],
};

/** Filters that show the part of the frame that the container shows, upright. */
function orient({ crop, mirrored, rotation }: VideoStream): string[] {
  return [
    ...(crop === undefined ? [] : [`crop=${crop.width}:${crop.height}:${crop.left}:${crop.top}`]),
    ...(mirrored === true ? ["hflip"] : []),
    ...(ROTATIONS[rotation] ?? []),
  ];
}

/** Filters that deinterlace, crop and turn decoded frames and lay transparency over black, before rate and size change. */
export function cleanFrames(video: VideoStream, filters: ReadonlySet<string>): string[] {
  return [
    ...(video.interlaced ? [deinterlace(video, filters)] : []),
    // The scale filter would convert a palette to BT.601, whatever its options say.
    ...(video.matrix === "rgb" ? [`format=${video.alpha ? "gbrap" : "gbrp"}`] : []),
    ...(video.alpha ? ["format=gbrap|yuva444p", "premultiply=inplace=1"] : []),
    ...orient(video),
    ...OUTDATED_SIDE_DATA.map((type) => `sidedata=mode=delete:type=${type}`),
  ];
}

/** Filters that convert frames to the given size and to 8-bit SDR. */
export function scaleFrames(
  source: SourceInfo,
  size: Pick<VideoRendition, "width" | "height" | "pixelAspect">,
  filters: ReadonlySet<string>,
): string[] {
  const { video } = source;
  return [
    `scale=${size.width}:${size.height}:flags=bicubic${convertRange(video)}:out_range=tv${convertMatrix(video)}`,
    ...toneMap(video, filters),
    "format=yuv420p",
    `setsar=${size.pixelAspect.num}/${size.pixelAspect.den}:max=4096`,
  ];
}

/**
 * The grid frame at which a chunk's frame numbering starts: its first frame, or the video track's last frame if the
 * chunk lies after it because the audio lasts longer.
 */
function clockStart(spec: VideoSpec): number {
  const lastFrame = Math.floor(spec.source.video.endTime * rateOf(spec.grid.frameRate)) - 1;
  return Math.max(0, Math.min(cutsOf(spec)[0] ?? 0, lastFrame));
}

/** A filter that gives the same frames to several branches, with its outputs. */
const splitTo = (labels: readonly string[]): string =>
  `split=${labels.length}${labels.map((label) => `[${label}]`).join("")}`;

/**
 * The filters that end a chain with the frames of all renditions, v0, v1 and so on.
 *
 * Beside a copied top rendition, only the largest one is scaled from the source's frames, and the others from the
 * largest. That saves an eighth of the processor time, and at the same bits, they look the same (decision 427).
 */
function scaledBranches(
  { source, renditions, cuts }: VideoSpec,
  filters: ReadonlySet<string>,
): { split: string; branches: string[] } {
  function branch(rendition: VideoRendition): string {
    const index = renditions.indexOf(rendition);
    return `[s${index}]${scaleFrames(source, rendition, filters).join(",")}[v${index}]`;
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
      ...scaleFrames(source, rendition, filters),
      splitTo(labels.map((label, index) => (index === largest ? `v${index}` : label))),
    ].join(","),
    branches: others.map(branch),
  };
}

/** The filter graph: one decode for all renditions, deinterlaced, cut on the output grid, then split and scaled. */
function filterGraph(spec: VideoSpec, filters: ReadonlySet<string>, changing: boolean): string {
  const { source, grid } = spec;
  const cuts = cutsOf(spec);
  const { codedWidth, codedHeight } = source.video;
  const shared = [
    // Of all these filters, only scale accepts frames whose size and format change.
    ...(changing ? [`scale=${codedWidth}:${codedHeight}:interl=-1`] : []),
    ...cleanFrames(source.video, filters),
    // fps drops a last frame of unknown duration if nothing follows it.
    "tpad=stop_mode=clone:stop=1",
    // With its start at the chunk, fps fills the grid from the preceding frame, however long that one lasts.
    `fps=fps=${grid.frameRate.num}/${grid.frameRate.den}:start_time=${clockStart(spec) / rateOf(grid.frameRate)}`,
    // If audio outlasts the video track, the last frame is repeated until the end.
    "tpad=stop_mode=clone:stop=-1",
    `trim=start_pts=${cuts[0]}:end_pts=${cuts.at(-1)}`,
  ];
  const { split, branches } = scaledBranches(spec, filters);
  return [`[0:${source.video.index}]${shared.join(",")},${split}`, ...branches].join(";");
}

/** Options that put a key frame at each cut. Without cuts, all GOPs have the same length anyway. */
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
 * By how many frames an encoder's order of decoding differs from that of showing, at most. The same for each chunk, however
 * short, because it is in the init segment. libx264 refers to B-frames (`b-pyramid`); the others hide such frames in packets
 * that show nothing.
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
  const start = (clockStart(spec) - 0.5) / rateOf(grid.frameRate) - PREROLL_SECONDS;
  // Frames from the keyframe on are kept: the frame shown at the chunk's start may be long before the seek target.
  const seek = seekToKeyframe(start, source.demuxer);
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
    ...["-filter_complex", filterGraph(spec, capabilities.filters, changing)],
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
