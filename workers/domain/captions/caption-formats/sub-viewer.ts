import {
  blocksOf,
  type CaptionFile,
  collectCue,
  cueFault,
  linesOf,
  makeCue,
  seconds,
} from "../cues.ts";

// [hours:]minutes:seconds.fraction, twice
const TIME = String.raw`(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*,\s*${TIME}\s*$`);

/** Whether a line is a timing of this format. */
export const isSubViewerTiming = (line: string): boolean => TIMING.test(line);

/** The cues of an SBV file, which YouTube writes: a line with both times, and lines of text. */
export function readSubViewer(file: string): CaptionFile {
  const found: CaptionFile = { cues: [], faults: [] };
  for (const [timing, ...lines] of blocksOf(linesOf(file))) {
    if (!timing) continue;
    const times = TIMING.exec(timing.text);
    if (!times) {
      const expected = "expected a caption timing such as 0:01:02.500,0:01:05.000";
      found.faults.push(cueFault(timing.number, expected));
      continue;
    }
    const text = lines.map((line) => line.text.replaceAll("[br]", "\n").trim()).join("\n");
    const [start, end] = [seconds(times.slice(1, 5)), seconds(times.slice(5, 9))];
    collectCue(found, makeCue({ line: timing.number, start, end, text }));
  }
  return found;
}
