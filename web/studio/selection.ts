import type { Video } from "../../workers/contract/videos.ts";

/** The selected videos by id, including those of other pages. */
export type Selection = ReadonlyMap<string, Video>;

export const NOTHING_SELECTED: Selection = new Map();

interface Choice {
  /** The video whose checkbox was used, and its new state. */
  id: string;
  isSelected: boolean;
  /** With Shift: the video whose checkbox was used before. All between the two get the same state. */
  from: string | null;
}

/** The selection after a checkbox was used. @param shown in their order on the page */
export function choose(
  selection: Selection,
  shown: readonly Video[],
  { id, isSelected, from }: Choice,
): Selection {
  const placeOf = (wanted: string | null) => shown.findIndex((video) => video.id === wanted);
  const [start, end] = [placeOf(from), placeOf(id)];
  const range =
    start === -1
      ? shown.slice(end, end + 1)
      : shown.slice(Math.min(start, end), Math.max(start, end) + 1);
  return chooseAll(selection, range, isSelected);
}

/** The selection with or without all of these. */
export function chooseAll(
  selection: Selection,
  videos: readonly Video[],
  isSelected: boolean,
): Selection {
  const next = new Map(selection);
  for (const video of videos) {
    if (isSelected) next.set(video.id, video);
    else next.delete(video.id);
  }
  return next;
}
