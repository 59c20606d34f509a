import type { AddedAudio, EditRecipe, Watermark } from "../../../workers/contract/versions.ts";
import { MAX_KEPT_RANGES, MIN_EDITED_SECONDS } from "../../../workers/contract/edit-limits.ts";

/** A part that is cut out, in seconds of the whole file. */
export interface Cut {
  /** Stable key, even when the cuts change their order. */
  key: number;
  from: number;
  to: number;
}

/** The creator's marks. */
export interface EditDraft {
  /** Seconds. */
  start: number;
  end: number;
  cuts: readonly Cut[];
  watermark: Watermark | null;
  audio: AddedAudio | null;
}

/** One of the times of a draft. */
export type EditPoint = "start" | "end" | { cut: number; side: "from" | "to" };

/** Handles move in tenths of a second. */
export const STEP_SECONDS = 0.1;
/** Duration of a cut that was just added. */
const NEW_CUT_SECONDS = 2;

export const roundTime = (seconds: number): number => Math.round(seconds * 10) / 10;

/** The draft of a recipe: start, end and the cuts in between. @param duration of the whole file, in seconds */
export function editDraftOf(recipe: EditRecipe | null, duration: number): EditDraft {
  const keep = recipe?.keep ?? [];
  return {
    start: keep[0]?.from ?? 0,
    end: Math.min(duration, keep.at(-1)?.to ?? duration),
    watermark: recipe?.watermark ?? null,
    audio: recipe?.audio ?? null,
    cuts: keep.slice(1).map(({ from }, key) => ({ key, from: keep[key]?.to ?? from, to: from })),
  };
}

/** The kept parts, in order. */
export function keptRanges({ start, end, cuts }: EditDraft): EditRecipe["keep"] {
  const ranges: EditRecipe["keep"] = [];
  let from = start;
  for (const cut of cuts.toSorted((one, other) => one.from - other.from)) {
    if (cut.to <= from || cut.from >= end || cut.to <= cut.from) continue;
    if (cut.from > from) ranges.push({ from, to: cut.from });
    from = cut.to;
  }
  if (from < end) ranges.push({ from, to: end });
  return ranges;
}

/** The form that the API accepts. */
export function recipeOf(draft: EditDraft): EditRecipe {
  const { watermark, audio } = draft;
  return { keep: keptRanges(draft), ...(watermark && { watermark }), ...(audio && { audio }) };
}

/** Total duration of the kept parts in seconds. */
export function keptSeconds(draft: EditDraft): number {
  return keptRanges(draft).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The gaps between the kept parts, including before and after them. */
export function removedRanges(draft: EditDraft, duration: number): EditRecipe["keep"] {
  const kept = keptRanges(draft);
  const edges = [0, ...kept.flatMap(({ from, to }) => [from, to]), duration];
  return Array.from({ length: kept.length + 1 }, (_, index) => ({
    from: edges[2 * index] ?? 0,
    to: edges[2 * index + 1] ?? duration,
  })).filter(({ from, to }) => to > from);
}

/** The time in the edited video at which a time of the whole file is shown. */
export function shownAt(draft: EditDraft, seconds: number): number {
  return keptRanges(draft).reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(seconds, to) - from),
    0,
  );
}

/**
 * Where a preview continues: at the time itself if it is kept, else where the next part starts; null after the last
 * one.
 */
export function nextKept(draft: EditDraft, seconds: number): number | null {
  const part = keptRanges(draft).find(({ to }) => seconds < to);
  return part ? Math.max(part.from, seconds) : null;
}

/** Moves a time. The start stays before the end; moving one end of a cut past the other moves both. */
export function movePoint(
  draft: EditDraft,
  point: EditPoint,
  seconds: number,
  duration: number,
): EditDraft {
  const at = Math.min(duration, Math.max(0, seconds === duration ? seconds : roundTime(seconds)));
  if (point === "start") return { ...draft, start: Math.min(at, draft.end - STEP_SECONDS) };
  if (point === "end") return { ...draft, end: Math.max(at, draft.start + STEP_SECONDS) };
  const cuts = draft.cuts.map((cut) => {
    if (cut.key !== point.cut) return cut;
    return point.side === "from"
      ? { ...cut, from: at, to: Math.max(at, cut.to) }
      : { ...cut, from: Math.min(at, cut.from), to: at };
  });
  return { ...draft, cuts };
}

/** Adds a cut that starts at a time. */
export function addCut(draft: EditDraft, seconds: number, duration: number): EditDraft {
  const key = Math.max(-1, ...draft.cuts.map((cut) => cut.key)) + 1;
  const from = roundTime(Math.max(0, Math.min(seconds, duration - STEP_SECONDS)));
  const to = roundTime(Math.min(duration, from + NEW_CUT_SECONDS));
  return { ...draft, cuts: [...draft.cuts, { key, from, to }] };
}

export type EditFault = "too-short" | "too-many" | "unchanged";

/** Why a draft cannot be applied; null if it can. @param shown the parts that the current version keeps */
export function editFault(draft: EditDraft, shown: EditDraft): EditFault | null {
  const ranges = keptRanges(draft);
  if (keptSeconds(draft) < MIN_EDITED_SECONDS) return "too-short";
  if (ranges.length > MAX_KEPT_RANGES) return "too-many";
  return JSON.stringify(recipeOf(draft)) === JSON.stringify(recipeOf(shown)) ? "unchanged" : null;
}
