import { lookInBrowser, type Seen } from "./look-in-browser.ts";

/** What a look at a file has come to; `unknown` when the look itself failed. */
export type SourceLook =
  | { state: "looking" | "sound-only" | "unreadable" | "unknown" }
  | ({ state: "seen" } & Seen);

/**
 * Looks at a file on the creator's own disk: with the browser's decoder, else with ffmpeg.
 * @param signal ends the look; its result is then of no use
 */
export async function lookAt(file: Blob, signal: AbortSignal): Promise<SourceLook> {
  try {
    const shown = await lookInBrowser(file, signal);
    if (shown) return { state: "seen", ...shown };
    signal.throwIfAborted();
    const { lookWithFfmpeg } = await import("./look-with-ffmpeg.ts");
    const seen = await lookWithFfmpeg(file, signal);
    if (!seen) return { state: "unreadable" };
    return seen.facts.picture ? { state: "seen", ...seen } : { state: "sound-only" };
  } catch {
    return { state: "unknown" };
  }
}
