import { type Inspection, inspectInBrowser } from "./source-inspector-browser.ts";

/** `unknown`: the inspection itself failed, which says nothing about the source. */
export type InspectionResult =
  | { state: "inspecting" | "unreadable" | "unknown" }
  | ({ state: "inspected" | "audio-only" } & Inspection);

/**
 * Inspects a file on the creator's computer: with the browser's decoder, else with ffmpeg.
 * @param signal stops the inspection; ignore its result then
 */
export async function inspectSource(source: Blob, signal: AbortSignal): Promise<InspectionResult> {
  try {
    const decoded = await inspectInBrowser(source, signal);
    if (decoded) return { state: "inspected", ...decoded };
    signal.throwIfAborted();
    const { inspectWithFfmpeg } = await import("./source-inspector-ffmpeg.ts");
    const inspection = await inspectWithFfmpeg(source, signal);
    if (!inspection) return { state: "unreadable" };
    return { state: inspection.metadata.resolution ? "inspected" : "audio-only", ...inspection };
  } catch {
    return { state: "unknown" };
  }
}
