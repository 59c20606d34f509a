import type { FFmpeg } from "@ffmpeg/ffmpeg";
import { SOURCE_PATH, withFfmpeg } from "./local-ffmpeg.ts";

/** Part of a source, in seconds. */
export interface SourcePart {
  from: number;
  to: number;
}

/** A copy is written to memory, twice while it is read out. */
export const MAX_COPIED_BYTES = 500_000_000;
/** For reading a large file from a slow disk. */
const COPY_TIMEOUT_MS = 10 * 60_000;

/** Types that list their key frames. In other files, ffmpeg may seek past the last key frame before a time. */
const INDEXED = new Set(["video/mp4", "video/quicktime", "video/x-matroska", "video/webm"]);
/** At least as long as the distance of key frames in recordings of cameras and broadcasts. */
const SEEK_MARGIN_SECONDS = 5;

/** In the order in which they are tried: the first two can hide the frames before a part with an edit list. */
const CONTAINERS = [
  { extension: "mp4", type: "video/mp4" },
  { extension: "mov", type: "video/quicktime" },
  { extension: "mkv", type: "video/x-matroska" },
] as const;

type Container = (typeof CONTAINERS)[number];

/**
 * Copies a file, or a part of it, into the first container that takes all of its tracks, without encoding. The copy of a
 * part has the frames since the key frame before it too, but begins to play at its start.
 * @param options.name of the source
 * @throws when no container does, as for tracks that ffmpeg cannot copy; and as `withFfmpeg` does
 */
export function copySource(
  source: Blob,
  options: { name: string; contentType: string; part: SourcePart | null },
  signal: AbortSignal,
): Promise<File> {
  return withFfmpeg(source, { signal, timeoutMs: COPY_TIMEOUT_MS }, async (ffmpeg) => {
    const { path, extension, type } = await copyExactly(ffmpeg, options);
    const bytes = (await ffmpeg.readFile(path)) as Uint8Array<ArrayBuffer>;
    return new File([bytes], `${options.name.replace(/\.[^.]*$/, "")}.${extension}`, { type });
  });
}

async function copyExactly(
  ffmpeg: FFmpeg,
  { contentType, part }: { contentType: string; part: SourcePart | null },
): Promise<Container & { path: string }> {
  if (!part || part.from === 0 || INDEXED.has(contentType))
    return copyTracks(ffmpeg, SOURCE_PATH, "/copy", part);
  // The first copy begins earlier, and has an index.
  const from = Math.max(0, part.from - SEEK_MARGIN_SECONDS);
  const longer = await copyTracks(ffmpeg, SOURCE_PATH, "/longer", { from, to: part.to });
  const shifted = { from: part.from - from, to: part.to - from };
  const copy = await copyTracks(ffmpeg, longer.path, "/copy", shifted);
  await ffmpeg.deleteFile(longer.path);
  return copy;
}

async function copyTracks(
  ffmpeg: FFmpeg,
  input: string,
  output: string,
  part: SourcePart | null,
): Promise<Container & { path: string }> {
  const seek = part && part.from > 0 ? ["-ss", String(part.from)] : [];
  const length = part ? ["-t", String(part.to - part.from)] : [];
  const tracks = ["-map", "0:V", "-map", "0:a?", "-map", "0:s?", "-c", "copy"];
  // AVI has no presentation times.
  const reading = ["-hide_banner", "-fflags", "+genpts", ...seek, "-i", input];
  for (const container of CONTAINERS) {
    const path = `${output}.${container.extension}`;
    const code = await ffmpeg.exec([...reading, ...length, ...tracks, path]);
    if (code === 0) return { ...container, path };
    await ffmpeg.deleteFile(path).catch(() => undefined);
  }
  throw new Error("ffmpeg: no container takes these tracks");
}
