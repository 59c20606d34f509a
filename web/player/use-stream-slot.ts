import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { sendBeacon } from "../api.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

/** Frees the place that a playback takes of those that its account has, when its player is closed. */
export function useStreamSlot(id: string, keeper: RefObject<PlaybackTokenKeeper>): void {
  useEffect(() => {
    const leave = () => {
      const grant = keeper.current?.current;
      if (!grant?.counted) return;
      sendBeacon({ token: grant.token, watched: 0, ended: false, closed: true });
      // For a page that the browser keeps and shows again.
      keeper.current?.end();
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [id, keeper]);
}
