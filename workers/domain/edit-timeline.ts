import type { Chapter } from "../contract/chapters.ts";
import { MIN_CHAPTERS } from "../contract/chapter-limits.ts";
import type { Fraction } from "../contract/source.ts";
import type { FrameRange } from "../contract/edit-parts.ts";
import type { EditRecipe } from "../contract/versions.ts";
import type { Cue } from "./captions/cues.ts";

/**
 * The ranges of a source that an edit keeps, in frames of the source's grid. The whole source is one range without an
 * end.
 */
export interface EditTimeline {
  ranges: readonly { from: number; to: number }[];
  frameRate: Fraction;
}

/** A cue of which less is left cannot be read. */
const MIN_CUE_SECONDS = 0.2;
/** Times of captions are stored in milliseconds. */
const ROUNDING_SECONDS = 0.001;

const secondsOf = (frames: number, { num, den }: Fraction): number => (frames * den) / num;

/** The timeline of a source that is not cut. */
export function wholeTimeline(frameRate: Fraction): EditTimeline {
  return { ranges: [{ from: 0, to: Infinity }], frameRate };
}

/**
 * The frames that a recipe keeps: each end is moved to the nearest frame. What does not last a frame is left out, and
 * ranges that meet become one.
 */
export function keptFrames(
  { keep }: EditRecipe,
  frameRate: Fraction,
  totalFrames: number,
): FrameRange[] {
  const frame = (seconds: number) =>
    Math.min(totalFrames, Math.round((seconds * frameRate.num) / frameRate.den));
  const ranges: FrameRange[] = [];
  for (const { from, to } of keep) {
    const range = { from: frame(from), to: frame(to) };
    const last = ranges.at(-1);
    if (range.to <= range.from) continue;
    if (last && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else ranges.push(range);
  }
  return ranges;
}

export function countFrames(ranges: readonly FrameRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

/**
 * The time in the edited video at which a time of the source is shown; for a time that was cut out, the time of the
 * cut.
 */
export function editedTime({ ranges, frameRate }: EditTimeline, seconds: number): number {
  let edited = 0;
  for (const { from, to } of ranges) {
    const [start, end] = [secondsOf(from, frameRate), secondsOf(to, frameRate)];
    edited += Math.max(0, Math.min(seconds, end) - start);
  }
  return edited;
}

/** The time in the source that is shown at a time of the edited video: at a cut, that after it. */
export function sourceTime({ ranges, frameRate }: EditTimeline, seconds: number): number {
  let before = 0;
  for (const { from, to } of ranges) {
    const [start, end] = [secondsOf(from, frameRate), secondsOf(to, frameRate)];
    if (seconds < before + end - start) return start + Math.max(0, seconds - before);
    before += end - start;
  }
  const last = ranges.at(-1);
  return (last ? secondsOf(last.to, frameRate) : 0) + seconds - before;
}

/** Whether a time of the source is in the edited video. */
export function isKept({ ranges, frameRate }: EditTimeline, seconds: number): boolean {
  return ranges.some(
    ({ from, to }) => seconds >= secondsOf(from, frameRate) && seconds < secondsOf(to, frameRate),
  );
}

/** Cues of a video that was edited in one way, for one that is edited in another. Those that are cut out are gone. */
export function moveCues(cues: readonly Cue[], before: EditTimeline, after: EditTimeline): Cue[] {
  return cues.flatMap((cue) => {
    const start = editedTime(after, sourceTime(before, cue.start));
    // A little before the end: what follows may be elsewhere in the source.
    const end = editedTime(
      after,
      sourceTime(before, Math.max(cue.start, cue.end - ROUNDING_SECONDS)),
    );
    const lasts = Math.min(MIN_CUE_SECONDS, (cue.end - cue.start) / 2);
    return end - start < lasts ? [] : [{ ...cue, start, end: end + ROUNDING_SECONDS }];
  });
}

/** Chapters likewise. One that is cut out is gone, and one chapter alone is none. @param duration of the video before */
export function moveChapters(
  chapters: readonly Chapter[],
  duration: number,
  before: EditTimeline,
  after: EditTimeline,
): Chapter[] {
  const moved = chapters.flatMap(({ start, title }, index) => {
    const next = chapters[index + 1]?.start ?? duration;
    const begins = editedTime(after, sourceTime(before, start));
    const ends = editedTime(after, sourceTime(before, Math.max(start, next - ROUNDING_SECONDS)));
    return ends > begins ? [{ start: begins, title }] : [];
  });
  return moved.length < MIN_CHAPTERS ? [] : moved;
}
