import type { SourceFacts } from "./source-facts.ts";

/** Facts and, where a frame could be decoded, a JPEG of it. */
export interface Seen {
  facts: SourceFacts;
  frame: Blob | null;
}

/** Milliseconds; a file on the own disk answers in far less, or never. */
const LIMIT = 8_000;
/** Pixels across, for a screen of double density. */
export const FRAME_WIDTH = 960;

/** A moment well past the black start and the titles, in seconds. */
export const momentOf = (seconds: number | null): number => (seconds ?? 0) / 3;

/**
 * Asks the browser's own decoder, which costs next to nothing.
 * @returns null when the browser shows no picture: it may lack the codec, so this says nothing about the file
 */
export async function lookInBrowser(file: Blob, signal: AbortSignal): Promise<Seen | null> {
  const video = document.createElement("video");
  const url = URL.createObjectURL(file);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]);
  try {
    video.muted = true;
    video.preload = "auto";
    const loaded = happened(video, "loadeddata", limit);
    video.src = url;
    await loaded;
    if (video.videoWidth === 0) return null;
    const seconds = Number.isFinite(video.duration) ? video.duration : null;
    const sought = happened(video, "seeked", limit);
    video.currentTime = momentOf(seconds);
    await sought;
    return {
      facts: {
        seconds,
        picture: { width: video.videoWidth, height: video.videoHeight },
        codecs: [],
      },
      frame: await frameOf(video),
    };
  } catch {
    return null;
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** @throws Error when the video fails first, or the signal fires */
function happened(video: HTMLVideoElement, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener("error", () => reject(new Error(video.error?.message)), { once: true });
    signal.addEventListener("abort", () => reject(new Error("Too late")), { once: true });
  });
}

function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(FRAME_WIDTH, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}
