import type { SourceInfo, VideoStream } from "../../../workers/contract/source.ts";
import type { TaskSpec, VideoRendition } from "../../../workers/contract/transcode.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { pictureInput } from "../probe/source-input.ts";

export type VideoSpec = Extract<TaskSpec, { kind: "video" }>;

/** Nominal luminance of SDR white in the tone mapping, in nits. */
const SDR_WHITE = 100;

/** Seconds to seek before a chunk; MPEG-TS, which has no index, is remuxed before. */
const PREROLL = 1;
const FIRST_PIPE = 3;
const MIN_TIMESCALE = 10_000;

const transfer = { pq: "smpte2084", hlg: "arib-std-b67", sdr: "bt709" } as const;

/**
 * High dynamic range to BT.709. Without zscale (a build without zimg) the picture is only brightened, which keeps it
 * watchable: PQ and HLG put mid grey far below where BT.709 has it.
 */
const toneMap = ({ range, matrix }: VideoStream, filters: ReadonlySet<string>): string[] => {
  if (range === "sdr") return [];
  if (!filters.has("zscale") || !filters.has("tonemap")) return ["eq=gamma=1.6:saturation=1.5"];
  const wide = matrix === "bt2020nc";
  const input = `tin=${transfer[range]}:min=${wide ? "2020_ncl" : "709"}:pin=${wide ? "2020" : "709"}:rin=limited`;
  return [
    `zscale=${input}:t=linear:npl=${SDR_WHITE}:p=709`,
    "format=gbrpf32le",
    "tonemap=tonemap=hable:desat=0",
    "zscale=tin=linear:pin=709:t=709:p=709:m=709:r=limited",
    "format=yuv420p",
  ];
};

/** The YUV matrix of every output of a source: HDR, BT.2020 and RGB become BT.709, the rest stays. */
export const outputMatrix = (video: VideoStream): "bt709" | "smpte170m" =>
  video.matrix === "smpte170m" && video.range === "sdr" ? "smpte170m" : "bt709";

/** The scale filter's options that change the matrix of SDR; it knows by itself what the tags of a frame say only of YUV. */
const convertMatrix = ({ matrix }: VideoStream): string => {
  if (matrix === "rgb") return ":out_color_matrix=bt709";
  return matrix === "bt2020nc" ? ":in_color_matrix=bt2020:out_color_matrix=bt709" : "";
};

/** Filters that turn decoded frames into clean progressive ones, before any rate or size changes. */
export const cleanPicture = (video: VideoStream, filters: ReadonlySet<string>): string[] => [
  ...(video.interlaced
    ? [`${filters.has("bwdif") ? "bwdif" : "yadif"}=mode=send_frame:deint=interlaced`]
    : []),
  // The scale filter would turn a palette into BT.601 whatever it is told.
  ...(video.matrix === "rgb" ? [`format=${video.alpha ? "gbrap" : "gbrp"}`] : []),
  ...(video.alpha ? ["format=gbrap|yuva444p", "premultiply=inplace=1"] : []),
];

/** Filters that bring a picture to a size and to 8-bit SDR. */
export const scalePicture = (
  source: SourceInfo,
  size: Pick<VideoRendition, "width" | "height" | "pixelAspect">,
  filters: ReadonlySet<string>,
): string[] => {
  const { video } = source;
  return [
    `scale=${size.width}:${size.height}:flags=bicubic${video.range === "sdr" ? `:out_range=tv${convertMatrix(video)}` : ""}`,
    ...toneMap(video, filters),
    "format=yuv420p",
    `setsar=${size.pixelAspect.num}/${size.pixelAspect.den}:max=4096`,
  ];
};

/**
 * The frame at which a chunk's own clock starts: its first one, or the last one of the picture where the film, which
 * lasts as long as its sound, goes on after it.
 */
const clockStart = ({ grid, source, firstSegment }: VideoSpec): number => {
  const lastFrame = Math.floor(source.video.endTime * rateOf(grid.frameRate)) - 1;
  return Math.max(0, Math.min(firstSegment * grid.framesPerSegment, lastFrame));
};

/** One decode for all renditions: clean, cut on the output grid, then split and scaled. */
const filterGraph = (spec: VideoSpec, filters: ReadonlySet<string>, changing: boolean): string => {
  const { source, grid, renditions } = spec;
  const from = spec.firstSegment * grid.framesPerSegment;
  const to = Math.min(from + spec.segmentCount * grid.framesPerSegment, grid.totalFrames);
  const { codedWidth, codedHeight } = source.video;
  const shared = [
    // Of all these filters it alone takes pictures of any size and format.
    ...(changing ? [`scale=${codedWidth}:${codedHeight}:interl=-1`] : []),
    ...cleanPicture(source.video, filters),
    // Starting the grid at the chunk fills it from the frame before, however long that one stands.
    `fps=fps=${grid.frameRate.num}/${grid.frameRate.den}:start_time=${clockStart(spec) / rateOf(grid.frameRate)}`,
    // A picture that ends before the film does stands still until the end.
    "tpad=stop_mode=clone:stop=-1",
    `trim=start_pts=${from}:end_pts=${to}`,
    `split=${renditions.length}`,
  ];
  const labels = renditions.map((_, index) => `[s${index}]`).join("");
  const branches = renditions.map(
    (rendition, index) =>
      `[s${index}]${scalePicture(source, rendition, filters).join(",")}[v${index}]`,
  );
  return [`[0:${source.video.index}]${shared.join(",")}${labels}`, ...branches].join(";");
};

/** Encoder options of one rendition: capped constant quality, closed GOPs of exactly one segment. */
const encoderArgs = (
  { codec, crf, maxrate, bufsize }: VideoRendition,
  framesPerSegment: number,
  threads: number,
): string[] => {
  const gop = ["-g", String(framesPerSegment), "-keyint_min", String(framesPerSegment)];
  const common = ["-crf", String(crf), "-threads", String(threads), ...gop];
  switch (codec) {
    case "h264":
      return [
        ...["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", ...common],
        ...[
          "-maxrate",
          String(maxrate),
          "-bufsize",
          String(bufsize),
          "-sc_threshold",
          "0",
          "-flags",
          "+cgop",
        ],
      ];
    case "vp9":
      return [
        ...[
          "-c:v",
          "libvpx-vp9",
          "-deadline",
          "good",
          "-cpu-used",
          "5",
          "-b:v",
          String(maxrate),
          ...common,
        ],
        ...["-lag-in-frames", "16", "-auto-alt-ref", "1"],
      ];
    case "av1":
      return [
        "-c:v",
        "libsvtav1",
        "-preset",
        "8",
        "-svtav1-params",
        `lp=${threads}:scd=0`,
        ...common,
        "-maxrate",
        String(maxrate),
        "-bufsize",
        String(bufsize),
      ];
  }
};

/**
 * Fragmented MP4 with one fragment a GOP. `negative_cts_offsets` starts the decode time at the first frame's
 * presentation time, so chunks join without an edit list and picture and sound line up in players that ignore one.
 */
const fragmentArgs = (timescale: number, firstSegment: number): string[] => [
  ...["-map_metadata", "-1", "-fflags", "+bitexact", "-avoid_negative_ts", "disabled"],
  ...[
    "-movflags",
    "+frag_keyframe+empty_moov+default_base_moof+frag_discont+negative_cts_offsets+skip_trailer",
  ],
  ...[
    "-video_track_timescale",
    String(timescale),
    "-fragment_index",
    String(firstSegment + 1),
    "-f",
    "mp4",
  ],
];

/** Ticks a second: a whole number of them makes a frame. */
const timescaleFor = (num: number): number => num * Math.ceil(MIN_TIMESCALE / num);

/**
 * ffmpeg's arguments for one chunk, with the renditions on pipes 3, 4, ... in order.
 *
 * @param threads processor threads of the slot
 * @param changing whether the picture changes its size or format: the filters, which count frames, must go on then
 */
export const videoArgs = (
  spec: VideoSpec,
  url: string,
  capabilities: Capabilities,
  threads: number,
  changing = false,
): string[] => {
  const { grid, source } = spec;
  const start = (clockStart(spec) - 0.5) / rateOf(grid.frameRate) - PREROLL;
  // Frames from the keyframe on are kept: the first one of the grid may be long before the seek's target.
  const seek = start <= 0 ? [] : ["-noaccurate_seek", "-ss", start.toFixed(6)];
  const matrix = outputMatrix(source.video);
  const colour = [
    "-colorspace",
    matrix,
    "-color_primaries",
    matrix,
    "-color_trc",
    matrix,
    "-color_range",
    "tv",
  ];
  return [
    ...[
      "-copyts",
      "-start_at_zero",
      "-threads",
      String(threads),
      "-filter_complex_threads",
      String(threads),
    ],
    ...pictureInput(url, source, [
      // What ffmpeg puts before the filters to turn a picture does not take another size.
      ...(changing ? ["-reinit_filter", "0", "-noautorotate"] : []),
      ...seek,
    ]),
    ...["-filter_complex", filterGraph(spec, capabilities.filters, changing)],
    ...spec.renditions.flatMap((rendition, index) => [
      ...["-map", `[v${index}]`, ...capabilities.passthrough],
      ...encoderArgs(rendition, grid.framesPerSegment, threads),
      ...colour,
      ...fragmentArgs(timescaleFor(grid.frameRate.num), spec.firstSegment),
      `pipe:${FIRST_PIPE + index}`,
    ]),
  ];
};
