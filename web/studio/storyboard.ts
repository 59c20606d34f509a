import type { Video } from "../../workers/contract/videos.ts";
import { readCues } from "../../workers/domain/captions/cues.ts";

/** One frame of a storyboard, and where it is on its sheet. */
export interface StoryboardTile {
  /** Seconds of the video that it represents. */
  start: number;
  end: number;
  sheet: string;
  /** Pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The tiles of a storyboard's WebVTT file. @param address of that file, which the sheets are relative to */
export function readStoryboard(vtt: string, address: string): StoryboardTile[] {
  return readCues(vtt).cues.flatMap(({ start, end, text }) => {
    const [, sheet, ...area] = /^(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(text.trim()) ?? [];
    const [x = 0, y = 0, width = 0, height = 0] = area.map(Number);
    if (sheet === undefined || width === 0 || height === 0) return [];
    return [{ start, end, sheet: new URL(sheet, address).href, x, y, width, height }];
  });
}

/** The tile that shows a second of the video. */
export function tileAt(
  tiles: readonly StoryboardTile[],
  second: number,
): StoryboardTile | undefined {
  return tiles.find(({ end }) => second < end) ?? tiles.at(-1);
}

/**
 * The address of a poster without its token: for a video that is not public, each response has another token.
 */
export function posterFileOf({ poster }: Pick<Video, "poster">): string | null {
  return poster && poster.replace(/^\/media\/[^/]+\//, "/");
}
