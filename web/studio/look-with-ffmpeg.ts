import coreURL from "@ffmpeg/core?url";
import { FFFSType, FFmpeg } from "@ffmpeg/ffmpeg";
import packedWasm from "virtual:ffmpeg-core.wasm.gz?url";
import { type SourceFacts, factsFromLog } from "./source-facts.ts";
import { FRAME_WIDTH, momentOf, type Seen } from "./look-in-browser.ts";

/** Milliseconds for the ten megabytes of ffmpeg itself, and then for the look. */
const LOAD_LIMIT = 60_000;
const LOOK_LIMIT = 20_000;

/**
 * Looks with ffmpeg, in a worker that reads the file where it lies and ends with the look.
 * @returns null when ffmpeg finds no film or sound in the file either
 * @throws when ffmpeg cannot be loaded, fails, or takes too long; that says nothing about the file
 */
export async function lookWithFfmpeg(file: Blob, signal: AbortSignal): Promise<Seen | null> {
  const wasmURL = await unpackWasm(AbortSignal.any([signal, AbortSignal.timeout(LOAD_LIMIT)]));
  const ffmpeg = new FFmpeg();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT)]);
  limit.addEventListener("abort", ffmpeg.terminate);
  try {
    limit.throwIfAborted();
    await ffmpeg.load({ coreURL: new URL(coreURL, location.href).href, wasmURL });
    await ffmpeg.createDir("/disk");
    const blobs = [{ name: "film", data: file }];
    await ffmpeg.mount(FFFSType.WORKERFS, { blobs }, "/disk");
    const lines: string[] = [];
    ffmpeg.on("log", ({ message }) => lines.push(message));
    await ffmpeg.exec(["-hide_banner", "-i", "/disk/film"]);
    const facts = factsFromLog(lines);
    // The facts stand on their own where the frame fails or takes too long.
    return facts && { facts, frame: await frameOf(ffmpeg, facts).catch(() => null) };
  } finally {
    limit.removeEventListener("abort", ffmpeg.terminate);
    ffmpeg.terminate();
    URL.revokeObjectURL(wasmURL);
  }
}

/** Fetches the packed wasm (docs/decisions/224-file-check-before-upload.md). @returns a blob URL, to be revoked */
async function unpackWasm(signal: AbortSignal): Promise<string> {
  const response = await fetch(packedWasm, { signal });
  if (!response.ok || !response.body) throw new Error(`ffmpeg: status ${response.status}`);
  const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
  const wasm = new Response(unpacked, { headers: { "content-type": "application/wasm" } });
  return URL.createObjectURL(await wasm.blob());
}

/** @returns null when the film has no picture. @throws when none can be decoded there, or in time */
async function frameOf(ffmpeg: FFmpeg, { picture, seconds }: SourceFacts): Promise<Blob | null> {
  if (!picture) return null;
  const width = Math.min(FRAME_WIDTH, picture.width);
  const height = Math.round((width * picture.height) / picture.width);
  const seek = ["-ss", String(momentOf(seconds)), "-i", "/disk/film"];
  const shot = ["-frames:v", "1", "-vf", `scale=${width}:${height},setsar=1`, "/frame.jpg"];
  const code = await ffmpeg.exec(["-hide_banner", ...seek, ...shot]);
  if (code !== 0) throw new Error(`ffmpeg: code ${code}`);
  const jpeg = await ffmpeg.readFile("/frame.jpg");
  return new Blob([new Uint8Array(jpeg as Uint8Array)], { type: "image/jpeg" });
}
