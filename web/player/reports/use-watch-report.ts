import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { putProgress, sendBeacon } from "../../api.ts";
import { accessTokens } from "../../http.ts";
import type { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";
import { preferences } from "../preferences/preferences.ts";
import { storePosition } from "../opening/resume.ts";
import { WatchReport } from "./watch-report.ts";

/** Reports what is watched in a media element to the video's statistics, the account's history and this browser's. */
export function useWatchReport(
  id: string,
  element: RefObject<HTMLVideoElement>,
  keeper: RefObject<PlaybackTokenKeeper>,
): void {
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const report = new WatchReport({
      beacon: (watched, ended) => {
        if (keeper.current && preferences.value.countsViews)
          sendBeacon({ token: keeper.current.current.token, watched, ended, closed: false });
      },
      progress: (position) => {
        const isSent = accessTokens.signedIn;
        if (Number.isFinite(media.duration)) storePosition(id, position, media.duration, isSent);
        if (isSent) putProgress(id, position).catch(() => undefined);
      },
    });
    const listeners = new AbortController();
    const { signal } = listeners;
    media.addEventListener("timeupdate", () => report.tick(media.currentTime), { signal });
    media.addEventListener("pause", () => report.flush(media.ended), { signal });
    addEventListener("pagehide", () => report.flush(), { signal });
    return () => {
      listeners.abort();
      report.flush();
    };
  }, [id, element, keeper]);
}
