import { type Cue, readCues } from "../contract/cues.ts";
import { AppError } from "./errors.ts";

/**
 * The cues of a WebVTT or SubRip file that is to be whole.
 * @throws AppError invalid_captions with the first line that is wrong
 */
export function parseCues(file: string): Cue[] {
  const { cues, faults } = readCues(file);
  const detail =
    faults[0] ??
    (cues.length === 0 &&
      "This file has no caption. Send WebVTT or SubRip (SRT) with at least one.");
  if (detail) throw new AppError("invalid_captions", detail);
  return cues;
}
