/** Filters that bring decoded frames of any source into the form in which they are encoded. */
import type { SourceInfo, VideoStream } from "../../../workers/contract/source.ts";
import type { VideoRendition } from "../../../workers/contract/transcodes.ts";

/** Nominal luminance of SDR white in the tone mapping. */
const SDR_WHITE_NITS = 100;
/** Luminance above which highlights clip. The metadata of many files is wrong, so that it decides nothing. */
const HDR_PEAK_NITS = 1000;

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

/** Filters that show the part of the frame that the container selects, upright. */
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
    // The scale filter would convert a palette to BT.601, regardless of its options.
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
