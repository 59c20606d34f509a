/** What is known of a film before its upload. */
export interface SourceFacts {
  /** Null when the file does not say. */
  seconds: number | null;
  /** Size as shown: pixels made square, turned upright. Null when the file has no moving picture. */
  picture: { width: number; height: number } | null;
  /** Video codec first, then each sound track's; empty when not known. */
  codecs: string[];
}

const NAMES: Record<string, string> = {
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
const PIXEL_SHAPE = /SAR (\d+):(\d+)/;
const ROTATION = /displaymatrix: rotation of (-?[\d.]+) degrees/;

/**
 * Reads what `ffmpeg -i` prints about its one input. Cover art counts as no picture, as on the server.
 * @param lines ffmpeg's log, a line each
 * @returns null when ffmpeg could not open the file
 */
export function factsFromLog(lines: string[]): SourceFacts | null {
  if (!lines.some((line) => line.startsWith("Input #0"))) return null;
  const facts: SourceFacts = { seconds: null, picture: null, codecs: [] };
  const sound: string[] = [];
  for (const line of lines) {
    const [, hours, minutes, seconds] = DURATION.exec(line) ?? [];
    if (seconds) facts.seconds = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);

    const [, kind, codec = ""] = STREAM.exec(line) ?? [];
    const name = NAMES[codec] ?? codec.replace(/^pcm_.*/, "pcm").toUpperCase();
    if (kind === "Audio") sound.push(name);
    if (kind === "Video" && !facts.picture && !line.includes("(attached pic)")) {
      facts.picture = pictureOf(line);
      facts.codecs.push(name);
    }

    const [, degrees] = ROTATION.exec(line) ?? [];
    if (facts.picture && degrees && Math.abs(Number(degrees)) % 180 === 90)
      facts.picture = { width: facts.picture.height, height: facts.picture.width };
  }
  facts.codecs.push(...sound);
  return facts;
}

/** The size in a `Stream ... Video:` line. Without one, as of a track that never starts, there is no picture. */
function pictureOf(line: string): SourceFacts["picture"] {
  const [, width, height] = SIZE.exec(line) ?? [];
  if (!width || !height) return null;
  const [, across = 1, down = 1] = PIXEL_SHAPE.exec(line) ?? [];
  const shape = Number(across) / Number(down) || 1;
  return { width: Math.round(Number(width) * shape), height: Number(height) };
}
