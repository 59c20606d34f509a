import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { sendBeacon } from "../../api.ts";
import type { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";

/** Releases the account's simultaneous stream when the player closes. */
export function useStreamSlot(id: string, keeper: RefObject<PlaybackTokenKeeper>): void {
  useEffect(() => {
    const leave = () => {
      const playback = keeper.current?.current;
      if (!playback?.counted) return;
      sendBeacon({ token: playback.token, watched: 0, ended: false, closed: true });
      // The browser may show this page again from its back/forward cache.
      keeper.current?.end();
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [id, keeper]);
}
