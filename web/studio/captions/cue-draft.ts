import {
  cleanCueText,
  type Cue,
  readCues,
  writeWebVtt,
} from "../../../workers/domain/captions/cues.ts";

/** A caption that is being edited. */
export interface DraftCue {
  /** Stable key, even when the cue moves. */
  key: number;
  /** Seconds. */
  start: number;
  end: number;
  /** With WebVTT's tags; ampersands are not escaped. */
  text: string;
  settings: string;
}

/** Faster captions are hard to read. Netflix requires at most 20 in most languages. */
const MAX_CHARACTERS_PER_SECOND = 20;
/** Duration of an added caption, and of either half of a split one. */
const NEW_CUE_SECONDS = 2;
const MIN_CUE_SECONDS = 0.1;

/** Rounded to milliseconds, as in files. */
export const toMilliseconds = (seconds: number): number =>
  Math.round(Math.max(0, seconds) * 1000) / 1000;

const byStart = (one: DraftCue, other: DraftCue): number => one.start - other.start;

/** The captions of a WebVTT file. */
export function draftOf(file: string): DraftCue[] {
  return readCues(file)
    .cues.map((cue, key) => ({ key, ...cue, text: readable(cue.text) }))
    .toSorted(byStart);
}

/** `&amp;` is only how a file writes `&`, unless it would become another entity. */
const readable = (text: string): string => text.replaceAll(/&amp;(?!#?\w+;)/g, "&");

/** The captions as a file; those without text are left out. */
export function fileOf(cues: readonly DraftCue[]): string {
  const written = cues
    .map(({ start, end, text, settings }): Cue => ({
      ...{ start, end, settings },
      // An empty line would end the caption.
      text: cleanCueText(text.replaceAll(/\n\s*\n/g, "\n")),
    }))
    .filter(({ text }) => text !== "");
  return writeWebVtt(written);
}

/** Errors of a caption, and what makes it hard to read. */
export type CueWarning =
  | { kind: "no-length" }
  | { kind: "no-text" }
  | { kind: "overlap" }
  | { kind: "too-fast"; speed: number };

/** Characters that are read in a second. */
function readingSpeed({ start, end, text }: DraftCue): number {
  const characters = [
    ...text
      .replaceAll(/<[^<>]*>/g, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  ].length;
  return end > start ? characters / (end - start) : Infinity;
}

/** @param cues in order of their start */
export function warningsOf(cues: readonly DraftCue[]): Map<number, CueWarning> {
  const warnings = new Map<number, CueWarning>();
  cues.forEach((cue, index) => {
    const next = cues[index + 1];
    const speed = readingSpeed(cue);
    if (cue.end <= cue.start) warnings.set(cue.key, { kind: "no-length" });
    else if (cue.text.trim() === "") warnings.set(cue.key, { kind: "no-text" });
    else if (next && next.start < cue.end) warnings.set(cue.key, { kind: "overlap" });
    else if (speed > MAX_CHARACTERS_PER_SECOND)
      warnings.set(cue.key, { kind: "too-fast", speed: Math.round(speed) });
  });
  return warnings;
}

const nextKey = (cues: readonly DraftCue[]): number =>
  Math.max(-1, ...cues.map(({ key }) => key)) + 1;

/** Changes a caption; they stay in order of their start. */
export function changeCue(
  cues: readonly DraftCue[],
  key: number,
  change: Partial<Omit<DraftCue, "key">>,
): DraftCue[] {
  return cues.map((cue) => (cue.key === key ? { ...cue, ...change } : cue)).toSorted(byStart);
}

/** Adds a caption at a time; it ends where the next one starts. */
export function addCue(cues: readonly DraftCue[], at: number): { cues: DraftCue[]; key: number } {
  const start = toMilliseconds(at);
  const key = nextKey(cues);
  const next = cues.find((cue) => cue.start > start);
  const room = next ? next.start - start : Infinity;
  const length = room < MIN_CUE_SECONDS ? NEW_CUE_SECONDS : Math.min(NEW_CUE_SECONDS, room);
  const cue = { key, start, end: toMilliseconds(start + length), text: "", settings: "" };
  return { cues: [...cues, cue].toSorted(byStart), key };
}

export const removeCue = (cues: readonly DraftCue[], key: number): DraftCue[] =>
  cues.filter((cue) => cue.key !== key);

/** Splits a caption in two. @param at position in its text; each part gets its share of the time */
export function splitCue(cues: readonly DraftCue[], key: number, at: number): DraftCue[] {
  const second = nextKey(cues);
  const split = cues.flatMap((cue) => {
    if (cue.key !== key || cue.end - cue.start < 2 * MIN_CUE_SECONDS) return [cue];
    const share = cue.text.length === 0 ? 0.5 : at / cue.text.length;
    const length = cue.end - cue.start;
    const within = Math.min(length - MIN_CUE_SECONDS, Math.max(MIN_CUE_SECONDS, share * length));
    const middle = toMilliseconds(cue.start + within);
    return [
      { ...cue, end: middle, text: cue.text.slice(0, at).trim() },
      { ...cue, key: second, start: middle, text: cue.text.slice(at).trim() },
    ];
  });
  // It may have overlapped the next one.
  return split.toSorted(byStart);
}

/** Joins a caption with the one after it. */
export function mergeCue(cues: readonly DraftCue[], key: number): DraftCue[] {
  const index = cues.findIndex((cue) => cue.key === key);
  const [first, second] = [cues[index], cues[index + 1]];
  if (!first || !second) return [...cues];
  const text = [first.text, second.text].filter((part) => part !== "").join("\n");
  const merged = { ...first, end: Math.max(first.end, second.end), text };
  return cues.flatMap((cue) => (cue === first ? [merged] : cue === second ? [] : [cue]));
}

/**
 * Moves captions in time: all of them, or one and those after it. None starts before the video.
 * @param seconds forwards, or backwards if negative
 */
export function shiftCues(
  cues: readonly DraftCue[],
  seconds: number,
  from: number | null,
): DraftCue[] {
  const first = from === null ? 0 : cues.findIndex(({ key }) => key === from);
  return cues
    .map((cue, index) => {
      if (index < first) return cue;
      const start = toMilliseconds(cue.start + seconds);
      return { ...cue, start, end: Math.max(start, toMilliseconds(cue.end + seconds)) };
    })
    .toSorted(byStart);
}

/**
 * The times to which an edge of a caption may be dragged: the caption keeps a minimum duration.
 * @param duration of the video
 */
export function edgeWithin(
  cue: DraftCue,
  edge: "start" | "end",
  time: number,
  duration: number,
): Partial<DraftCue> {
  if (edge === "start") return { start: toMilliseconds(Math.min(time, cue.end - MIN_CUE_SECONDS)) };
  return {
    end: toMilliseconds(Math.min(duration, Math.max(time, cue.start + MIN_CUE_SECONDS))),
  };
}
