import coreURL from "@ffmpeg/core?url";
import { FFFSType, FFmpeg } from "@ffmpeg/ffmpeg";
import packedWasm from "virtual:ffmpeg-core.wasm.gz?url";
import { type SourceMetadata, metadataFromLog } from "./source-metadata.ts";
import { frameTime, MAX_FRAME_WIDTH_PIXELS, type Inspection } from "./source-inspector-browser.ts";

/** ffmpeg itself is about 10 MB. */
const LOAD_TIMEOUT_MS = 60_000;
const INSPECT_TIMEOUT_MS = 20_000;

/**
 * Inspects a source with ffmpeg, in a web worker that reads the file in place and ends with the inspection.
 * @returns null when ffmpeg finds no video or audio track either
 * @throws when ffmpeg cannot be loaded, crashes or times out, which says nothing about the source
 */
export async function inspectWithFfmpeg(
  source: Blob,
  signal: AbortSignal,
): Promise<Inspection | null> {
  const wasmURL = await unpackWasm(AbortSignal.any([signal, AbortSignal.timeout(LOAD_TIMEOUT_MS)]));
  const ffmpeg = new FFmpeg();
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(INSPECT_TIMEOUT_MS)]);
  deadline.addEventListener("abort", ffmpeg.terminate);
  try {
    deadline.throwIfAborted();
    await ffmpeg.load({ coreURL: new URL(coreURL, location.href).href, wasmURL });
    await ffmpeg.createDir("/disk");
    const blobs = [{ name: "source", data: source }];
    await ffmpeg.mount(FFFSType.WORKERFS, { blobs }, "/disk");
    const lines: string[] = [];
    ffmpeg.on("log", ({ message }) => lines.push(message));
    await ffmpeg.exec(["-hide_banner", "-i", "/disk/source"]);
    const metadata = metadataFromLog(lines);
    // The metadata is useful even if no frame can be decoded in time.
    return metadata && { metadata, frame: await decodeFrame(ffmpeg, metadata).catch(() => null) };
  } finally {
    deadline.removeEventListener("abort", ffmpeg.terminate);
    ffmpeg.terminate();
    URL.revokeObjectURL(wasmURL);
  }
}

/**
 * Fetches the compressed wasm (docs/decisions/224-file-check-before-upload.md).
 * @returns a blob URL, which the caller revokes
 */
async function unpackWasm(signal: AbortSignal): Promise<string> {
  const response = await fetch(packedWasm, { signal });
  if (!response.ok || !response.body) throw new Error(`ffmpeg: status ${response.status}`);
  const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
  const wasm = new Response(unpacked, { headers: { "content-type": "application/wasm" } });
  return URL.createObjectURL(await wasm.blob());
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
  const input = ["-ss", String(frameTime(durationSeconds)), "-i", "/disk/source"];
  const output = ["-frames:v", "1", "-vf", `scale=${width}:${height},setsar=1`, "/frame.jpg"];
  const code = await ffmpeg.exec(["-hide_banner", ...input, ...output]);
  if (code !== 0) throw new Error(`ffmpeg: exit code ${code}`);
  const jpeg = await ffmpeg.readFile("/frame.jpg");
  return new Blob([new Uint8Array(jpeg as Uint8Array)], { type: "image/jpeg" });
}
