import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { preferences } from "../preferences/preferences.ts";

/** The request of media-chrome's captions button, without the feedback that a viewer gets for it. */
const SHOW_CAPTIONS = { type: "mediatogglesubtitlesrequest", detail: true };

/** media-chrome's controller, once it is defined. */
interface StoringElement extends HTMLElement {
  mediaStore?: { dispatch: (request: { type: string; detail: unknown }) => void };
}

/**
 * If a video takes longer than this to start, its controls come first, because their spinner shows that something
 * happens.
 */
const MAX_WAIT_MS = 1000;

/**
 * Defines media-chrome's controls. They are three files, each of which runs when it has arrived: as one they would keep a
 * phone from reacting for a fifth of a second (docs/decisions/634-short-tasks.md).
 */
const loadControls = () =>
  Promise.all([
    import("./controls-buttons.ts"),
    import("./controls-ranges.ts"),
    import("media-chrome/media-controller"),
  ]);

/**
 * Loads media-chrome's controls when the video shows its first frame, which would otherwise wait for them: they are as much
 * code as all the rest of the player. A viewer who points at the player, or reaches it with a key, has them at once.
 */
export function useControls(
  controller: RefObject<HTMLElement>,
  element: RefObject<HTMLVideoElement>,
): void {
  useEffect(() => {
    const [player, media] = [controller.current, element.current];
    if (!player || !media) return;
    const listeners = new AbortController();
    const onLoaded = () => {
      if (listeners.signal.aborted) return;
      listeners.abort();
      // The events on which media-chrome would do this itself have already passed.
      if (preferences.value.captions)
        (player as StoringElement).mediaStore?.dispatch(SHOW_CAPTIONS);
    };
    // Browsers do not retry a module that failed to load; the browser's own controls are better than none.
    const onFailed = () => {
      if (listeners.signal.aborted) return;
      listeners.abort();
      media.controls = true;
    };
    const load = () => void loadControls().then(onLoaded, onFailed);
    const options = { signal: listeners.signal, passive: true };
    for (const name of ["loadeddata", "playing", "error"])
      media.addEventListener(name, load, options);
    for (const name of ["pointerover", "pointerdown", "focusin"])
      player.addEventListener(name, load, options);
    document.addEventListener("keydown", load, options);
    const timer = setTimeout(load, MAX_WAIT_MS);
    return () => {
      clearTimeout(timer);
      listeners.abort();
    };
  }, [controller, element]);
}
