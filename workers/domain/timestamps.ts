import type { Clip } from "../contract/sharing.ts";

/** A line that begins with a time: `1:02:03 The storm`, `(0:45) - Arrival`, `• 12:30 – Home`. */
const TIMESTAMP_LINE = /^[\s•*[(-]*((?:\d{1,2}:)?\d{1,2}:\d{2})[\])]?[\s:|–—-]*(\S.*)$/u;
const MAX_CLIPS = 100;

function secondsOf(time: string): number {
  return time.split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

/**
 * The parts of a video that its description lists, one per line, in the order of their times. Times that go back, and
 * those beyond the end, belong to something else.
 * @param duration seconds
 */
export function clipsIn(description: string, duration: number): Clip[] {
  const starts: { title: string; start: number }[] = [];
  for (const line of description.split("\n")) {
    const [, time, title] = TIMESTAMP_LINE.exec(line) ?? [];
    if (time === undefined || title === undefined) continue;
    const start = secondsOf(time);
    if (start >= duration || start <= (starts.at(-1)?.start ?? -1)) continue;
    starts.push({ title: title.trim(), start });
    if (starts.length === MAX_CLIPS) break;
  }
  // A single time is a remark, not a list of parts.
  if (starts.length < 2) return [];
  return starts.map((clip, index) => ({ ...clip, end: starts[index + 1]?.start ?? duration }));
}
