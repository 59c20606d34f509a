/** What the browser can find out about a source before the upload. */
export interface SourceMetadata {
  /** Null if the file does not contain it. */
  durationSeconds: number | null;
  /** As displayed: rotated upright, with square pixels. Null without a video track. */
  resolution: Resolution | null;
  /** Codec of the video track, then of each audio track; empty when unknown. */
  codecs: string[];
}

interface Resolution {
  width: number;
  height: number;
}

/** Display names of ffmpeg's codecs; the others are shown in capitals. */
const CODEC_NAMES: Record<string, string> = {
  h264: "H.264",
  hevc: "HEVC",
  av1: "AV1",
  mpeg1video: "MPEG-1",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4",
  prores: "ProRes",
  ac3: "AC-3",
  eac3: "E-AC-3",
  opus: "Opus",
  vorbis: "Vorbis",
};

const DURATION = /^\s*Duration: (\d+):(\d\d):(\d\d\.\d+)/;
const STREAM = /^\s*Stream #0:\d+.*?: (Video|Audio): (\w+)/;
const SIZE = /, (\d+)x(\d+)\b/;
const SAMPLE_ASPECT_RATIO = /SAR (\d+):(\d+)/;
const ROTATION = /displaymatrix: rotation of (-?[\d.]+) degrees/;

/**
 * Reads what `ffmpeg -i` prints about its one input. Cover art is not a video track, as on the server.
 * @param lines ffmpeg's log, line by line
 * @returns null when ffmpeg could not open the file
 */
export function metadataFromLog(lines: string[]): SourceMetadata | null {
  if (!lines.some((line) => line.startsWith("Input #0"))) return null;
  const metadata: SourceMetadata = { durationSeconds: null, resolution: null, codecs: [] };
  const audioCodecs: string[] = [];
  for (const line of lines) {
    const [, hours, minutes, seconds] = DURATION.exec(line) ?? [];
    if (seconds)
      metadata.durationSeconds = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);

    const [, kind, codec = ""] = STREAM.exec(line) ?? [];
    const name = CODEC_NAMES[codec] ?? codec.replace(/^pcm_.*/, "pcm").toUpperCase();
    if (kind === "Audio") audioCodecs.push(name);
    if (kind === "Video" && !metadata.resolution && !line.includes("(attached pic)")) {
      metadata.resolution = resolutionOf(line);
      metadata.codecs.push(name);
    }

    const [, degrees] = ROTATION.exec(line) ?? [];
    if (metadata.resolution && degrees && Math.abs(Number(degrees)) % 180 === 90) {
      const { width, height } = metadata.resolution;
      metadata.resolution = { width: height, height: width };
    }
  }
  metadata.codecs.push(...audioCodecs);
  return metadata;
}

/** @param line `Stream ... Video:`; null when it has no size, as for a track without frames */
function resolutionOf(line: string): Resolution | null {
  const [, width, height] = SIZE.exec(line) ?? [];
  if (!width || !height) return null;
  const [, across = 1, down = 1] = SAMPLE_ASPECT_RATIO.exec(line) ?? [];
  const pixelAspect = Number(across) / Number(down) || 1;
  return { width: Math.round(Number(width) * pixelAspect), height: Number(height) };
}
