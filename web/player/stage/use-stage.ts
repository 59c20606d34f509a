import { useReducer, useRef } from "preact/hooks";
import { isVideoId } from "../../video-id.ts";
import { startVideoPage } from "./early-start.ts";
import { nowPlaying } from "../element/now-playing.ts";

const WATCH_PAGE = /^\/watch\/([^/]+)$/;

/** The video that the site plays, on its own page or, while the viewer browses, in a corner. */
export interface Stage {
  id: string;
  /** The playlist in which it plays. */
  list: string | undefined;
  isMini: boolean;
}

/**
 * Keeps a video on stage across pages: a video that is playing when the viewer leaves its page continues in the corner.
 * @param path of the current page
 * @param list the playlist in its address
 * @returns the stage, and a function that clears it
 */
export function useStage(path: string, list: string | undefined): [Stage | null, () => void] {
  const stage = useRef<Stage | null>(null);
  const [, refresh] = useReducer((count: number) => count + 1, 0);
  const id = WATCH_PAGE.exec(path)?.[1];
  const { current } = stage;
  if (isVideoId(id)) {
    // Back from the corner, the video continues.
    if (current?.id !== id) startVideoPage(path);
    if (current?.id !== id || current.list !== list || current.isMini)
      stage.current = { id, list, isMini: false };
  } else {
    startVideoPage(path);
    const isPlaying = nowPlaying.peek()?.paused === false;
    if (current && !current.isMini) stage.current = isPlaying ? { ...current, isMini: true } : null;
  }
  const clear = () => {
    stage.current = null;
    refresh(0);
  };
  return [stage.current, clear];
}
