import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { browserStorage } from "../../browser-storage.ts";
import { isCaptioned } from "../overlays/feedback.tsx";
import { tryToPlay } from "../element/media-element.ts";
import { preferences, setPreferences } from "../preferences/preferences.ts";

const CAPTION_REQUESTS = [
  "mediatogglesubtitlesrequest",
  "mediashowsubtitlesrequest",
  "mediadisablesubtitlesrequest",
];

/** media-chrome remembers volume and mute itself, but its code loads with the first frame, which would be too loud. */
function restoreVolume(media: HTMLMediaElement): void {
  const storage = browserStorage();
  const volume = Number(storage.getItem("media-chrome-pref-volume") ?? 1);
  if (volume >= 0 && volume <= 1) media.volume = volume;
  if (storage.getItem("media-chrome-pref-muted") === "true") media.muted = true;
}

/**
 * Starts with the speed and volume that the viewer chose last, and remembers speed, and captions on or off. A seek
 * from the end plays.
 */
export function useRemembered(
  controller: RefObject<HTMLElement>,
  element: RefObject<HTMLVideoElement>,
): void {
  useEffect(() => {
    const [player, media] = [controller.current, element.current];
    if (!player || !media) return;
    restoreVolume(media);
    // Loading a source resets the speed to the default one.
    media.defaultPlaybackRate = media.playbackRate = preferences.value.rate;
    const listeners = new AbortController();
    const { signal } = listeners;
    const onRate = (event: Event) => {
      const rate = Number((event as CustomEvent).detail);
      media.defaultPlaybackRate = rate;
      setPreferences({ rate });
    };
    player.addEventListener("mediaplaybackraterequest", onRate, { signal });
    // A viewer who seeks back after the end wants to see it.
    const onSeek = () => media.ended && tryToPlay(media);
    player.addEventListener("mediaseekrequest", onSeek, { signal, capture: true });
    // media-chrome has carried the request out once all its listeners have run.
    const onCaptions = () => queueMicrotask(() => setPreferences({ captions: isCaptioned(media) }));
    for (const name of CAPTION_REQUESTS) player.addEventListener(name, onCaptions, { signal });
    return () => listeners.abort();
  }, [controller, element]);
}
