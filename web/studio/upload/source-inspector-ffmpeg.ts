import type { FFmpeg } from "@ffmpeg/ffmpeg";
import { SOURCE_PATH, withFfmpeg } from "./local-ffmpeg.ts";
import { type SourceMetadata, metadataFromLog } from "./source-metadata.ts";
import { frameTime, MAX_FRAME_WIDTH_PIXELS, type Inspection } from "./source-inspector-browser.ts";

const INSPECT_TIMEOUT_MS = 20_000;

/**
 * Inspects a source with ffmpeg.
 * @returns null when ffmpeg finds no video or audio track either
 * @throws as `withFfmpeg` does
 */
export function inspectWithFfmpeg(source: Blob, signal: AbortSignal): Promise<Inspection | null> {
  return withFfmpeg(source, { signal, timeoutMs: INSPECT_TIMEOUT_MS }, async (ffmpeg) => {
    const lines: string[] = [];
    ffmpeg.on("log", ({ message }) => lines.push(message));
    await ffmpeg.exec(["-hide_banner", "-i", SOURCE_PATH]);
    const metadata = metadataFromLog(lines);
    if (!metadata) return null;
    // The metadata is useful even if no frame can be decoded in time.
    const frame = await decodeFrame(ffmpeg, metadata).catch(() => null);
    return { metadata, frame, isPlayable: false };
  });
}

/**
 * @returns a JPEG, or null for a source without a video track
 * @throws when no frame can be decoded at that time, or before the deadline
 */
async function decodeFrame(
  ffmpeg: FFmpeg,
  { resolution, durationSeconds }: SourceMetadata,
): Promise<Blob | null> {
  if (!resolution) return null;
  const width = Math.min(MAX_FRAME_WIDTH_PIXELS, resolution.width);
  const height = Math.round((width * resolution.height) / resolution.width);
  const input = ["-ss", String(frameTime(durationSeconds)), "-i", SOURCE_PATH];
  const output = ["-frames:v", "1", "-vf", `scale=${width}:${height},setsar=1`, "/frame.jpg"];
  const code = await ffmpeg.exec(["-hide_banner", ...input, ...output]);
  if (code !== 0) throw new Error(`ffmpeg: exit code ${code}`);
  const jpeg = await ffmpeg.readFile("/frame.jpg");
  return new Blob([new Uint8Array(jpeg as Uint8Array)], { type: "image/jpeg" });
}
