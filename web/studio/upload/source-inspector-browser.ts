import type { SourceMetadata } from "./source-metadata.ts";

export interface Inspection {
  metadata: SourceMetadata;
  /** JPEG; null when no frame could be decoded. */
  frame: Blob | null;
  /** By this browser. */
  isPlayable: boolean;
}

/** A browser that can decode a local file answers far sooner. */
const TIMEOUT_MS = 8_000;
/** Enough for a high-density screen. */
export const MAX_FRAME_WIDTH_PIXELS = 960;

/** Where to take the frame, in seconds: past a black opening and the titles. */
export const frameTime = (durationSeconds: number | null): number => (durationSeconds ?? 0) / 3;

/**
 * Inspects a source with the browser's own decoder, which costs next to nothing.
 * @returns null when the browser shows no frame. It may lack the codec, so the source may still be a video.
 */
export async function inspectInBrowser(
  source: Blob,
  signal: AbortSignal,
): Promise<Inspection | null> {
  const video = document.createElement("video");
  const url = URL.createObjectURL(source);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    video.muted = true;
    video.preload = "auto";
    const loaded = waitFor(video, "loadeddata", deadline);
    video.src = url;
    await loaded;
    if (video.videoWidth === 0) return null;
    const durationSeconds = Number.isFinite(video.duration) ? video.duration : null;
    const sought = waitFor(video, "seeked", deadline);
    video.currentTime = frameTime(durationSeconds);
    await sought;
    return {
      metadata: {
        durationSeconds,
        resolution: { width: video.videoWidth, height: video.videoHeight },
        codecs: [],
      },
      frame: await captureFrame(video),
      isPlayable: true,
    };
  } catch {
    return null;
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** @throws Error when the video fails first, or the signal aborts */
function waitFor(video: HTMLVideoElement, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener("error", () => reject(new Error(video.error?.message)), { once: true });
    signal.addEventListener("abort", () => reject(new Error("Aborted")), { once: true });
  });
}

function captureFrame(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(MAX_FRAME_WIDTH_PIXELS, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}
