import type { RefObject, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import type { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";
import { hasChromecast } from "./cast-sdk.ts";
import { CastRemote } from "./cast-remote.ts";

/**
 * Plays the video on a Chromecast that the viewer chooses. Meanwhile it stays paused here, and afterwards continues
 * where the device stopped.
 * @returns its panel; null while nothing is cast
 */
export function useCast(
  video: Video,
  element: RefObject<HTMLVideoElement>,
  keeper: RefObject<PlaybackTokenKeeper>,
): VNode | null {
  const [panel, setPanel] = useState<VNode | null>(null);
  useEffect(() => {
    const media = element.current;
    if (!hasChromecast || !media) return;
    const remote = new CastRemote();
    // Set before media-chrome, which loads later, looks for it.
    Object.defineProperty(media, "remote", { value: remote, configurable: true });
    const listeners = new AbortController();
    const { signal } = listeners;
    let end = () => {};
    const start = () => {
      end();
      let isOver = false;
      let stop = () => {};
      end = () => {
        isOver = true;
        stop();
      };
      import("./cast-session.tsx").then(
        ({ castTo }) => {
          const [{ session }, current] = [remote, keeper.current];
          if (isOver || !session || !current) return;
          stop = castTo(session, { remote, media, video, keeper: current, onChange: setPanel });
        },
        // The video continues here.
        () => remote.stop(),
      );
    };
    remote.addEventListener("connect", start, { signal });
    remote.addEventListener("disconnect", () => end(), { signal });
    const load = () => void remote.load();
    // The stream starts before this effect, and may have its first frame already.
    if (media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) load();
    else media.addEventListener("loadeddata", load, { signal, once: true });
    return () => {
      listeners.abort();
      end();
      remote.destroy();
    };
  }, [video.id, element, keeper]);
  return panel;
}
