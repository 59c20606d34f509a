import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { nextTask } from "../../next-task.ts";
import { preferences } from "../preferences/preferences.ts";

/** The request of media-chrome's captions button, without the feedback that a viewer gets for it. */
const SHOW_CAPTIONS = { type: "mediatogglesubtitlesrequest", detail: true };

/** media-chrome's controller, once it is defined. */
interface StoringElement extends HTMLElement {
  mediaStore?: { dispatch: (request: { type: string; detail: unknown }) => void };
}

/** Attribute and event of a player whose controller carries requests out. */
export const STARTED = "playerstarted";

/**
 * Has the controller read the state of its video. By itself it does so when it is defined, in the same task, and
 * `nodefaultstore` keeps it from that.
 */
async function startStore(player: StoringElement): Promise<void> {
  await nextTask();
  if (!player.hasAttribute("nodefaultstore") || !player.isConnected) return;
  player.removeAttribute("nodefaultstore");
  // Set to undefined, it creates its own store, as when it is connected; only the document is not passed on.
  Object.assign(player, { mediaStore: undefined });
  await nextTask();
  player.mediaStore?.dispatch({ type: "documentelementchangerequest", detail: document });
  // It finds the video a little later.
  await nextTask();
  player.setAttribute(STARTED, "");
  player.dispatchEvent(new Event(STARTED));
}

/**
 * If a video takes longer than this to start, its controls come first, because their spinner shows that something
 * happens.
 */
const MAX_WAIT_MS = 1000;

/**
 * Defines media-chrome's elements. They are two files, each of which runs when it has arrived. As one file, and with the
 * controls already in the page, they would block a phone for a fifth of a second (docs/decisions/855-controls-in-steps.md).
 */
const loadControls = (player: StoringElement) =>
  Promise.all([
    import("./controls-elements.ts"),
    import("media-chrome/media-controller").then(() => startStore(player)),
  ]);

/**
 * Loads media-chrome's controls when the video shows its first frame, which would otherwise wait for them: they are as much
 * code as all the rest of the player. A viewer who points at the player, or reaches it with a key, has them at once.
 * @returns whether they are defined
 */
export function useControls(
  controller: RefObject<HTMLElement>,
  element: RefObject<HTMLVideoElement>,
): boolean {
  const [isDefined, setDefined] = useState(false);
  useEffect(() => {
    const [player, media] = [controller.current as StoringElement | null, element.current];
    if (!player || !media) return;
    const listeners = new AbortController();
    const onLoaded = () => {
      if (listeners.signal.aborted) return;
      listeners.abort();
      setDefined(true);
      // The events on which media-chrome would do this itself have already passed.
      if (preferences.value.captions) player.mediaStore?.dispatch(SHOW_CAPTIONS);
    };
    // Browsers do not retry a module that failed to load; the browser's own controls are better than none.
    const onFailed = () => {
      if (listeners.signal.aborted) return;
      listeners.abort();
      media.controls = true;
    };
    let isRequested = false;
    const load = () => {
      if (isRequested) return;
      isRequested = true;
      loadControls(player).then(onLoaded, onFailed);
    };
    const options = { signal: listeners.signal, passive: true };
    for (const name of ["loadeddata", "playing", "error"])
      media.addEventListener(name, load, options);
    for (const name of ["pointerover", "pointerdown", "focusin"])
      player.addEventListener(name, load, options);
    document.addEventListener("keydown", load, options);
    const timer = setTimeout(load, customElements.get("media-controller") ? 0 : MAX_WAIT_MS);
    return () => {
      clearTimeout(timer);
      listeners.abort();
    };
  }, [controller, element]);
  return isDefined;
}
