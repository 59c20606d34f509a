import type { CaptionFormat } from "../../contract/captions.ts";
import { isSubStation, readSubStation } from "./caption-formats/substation.ts";
import { isSubViewerTiming, readSubViewer } from "./caption-formats/sub-viewer.ts";
import { isTtml, readTtml } from "./caption-formats/ttml.ts";
import { type CaptionFile, readCues } from "./cues.ts";
import { AppError } from "../errors.ts";

/** How many lines are searched for a timing. */
const MAX_LEADING_LINES = 50;

const READERS: Record<CaptionFormat, (file: string) => CaptionFile> = {
  vtt: readCues,
  srt: readCues,
  sbv: readSubViewer,
  ass: readSubStation,
  ttml: readTtml,
};

/** The format of a caption file, by its contents. */
export function captionFormatOf(file: string): CaptionFormat {
  if (/^\uFEFF?WEBVTT(?:[ \t\r\n]|$)/.test(file)) return "vtt";
  if (isTtml(file)) return "ttml";
  if (isSubStation(file)) return "ass";
  const lines = file.slice(0, 4096).split(/\r\n|\n|\r/, MAX_LEADING_LINES);
  return lines.some(isSubViewerTiming) ? "sbv" : "srt";
}

/**
 * The cues of a caption file of any format, and what is wrong with those that are left out.
 * @throws AppError invalid_captions for a file without a valid cue, with its first invalid line
 */
export function parseCaptionFile(file: string): CaptionFile & { format: CaptionFormat } {
  const format = captionFormatOf(file);
  const found = READERS[format](file);
  if (found.cues.length > 0) return { format, ...found };
  throw new AppError(
    "invalid_captions",
    found.faults[0] ??
      "This file contains no captions. Upload a WebVTT, SubRip, SBV, TTML or ASS file with at least one.",
  );
}
