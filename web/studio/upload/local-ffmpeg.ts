import coreURL from "@ffmpeg/core?url";
import { FFFSType, FFmpeg } from "@ffmpeg/ffmpeg";
import packedWasm from "virtual:ffmpeg-core.wasm.gz?url";

/** ffmpeg itself is about 10 MB. */
const LOAD_TIMEOUT_MS = 60_000;

/** Where ffmpeg finds the file. */
export const SOURCE_PATH = "/disk/source";

/**
 * Runs ffmpeg in a web worker that reads a file in place and ends with the action.
 * @param timeoutMs for the action, without the download of ffmpeg
 * @throws when ffmpeg cannot be loaded, crashes, times out or is stopped, which says nothing about the source
 */
export async function withFfmpeg<T>(
  source: Blob,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  action: (ffmpeg: FFmpeg) => Promise<T>,
): Promise<T> {
  const wasmURL = await unpackWasm(AbortSignal.any([signal, AbortSignal.timeout(LOAD_TIMEOUT_MS)]));
  const ffmpeg = new FFmpeg();
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  deadline.addEventListener("abort", ffmpeg.terminate);
  try {
    deadline.throwIfAborted();
    await ffmpeg.load({ coreURL: new URL(coreURL, location.href).href, wasmURL });
    await ffmpeg.createDir("/disk");
    await ffmpeg.mount(FFFSType.WORKERFS, { blobs: [{ name: "source", data: source }] }, "/disk");
    return await action(ffmpeg);
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
