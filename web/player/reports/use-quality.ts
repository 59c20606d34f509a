import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { PlainKey } from "../../i18n/translate.ts";
import type { AttachedSource } from "../stream/media-source.ts";
import type { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";
import { preferences } from "../preferences/preferences.ts";
import type { QualityReport } from "./quality-report.ts";

/**
 * Whether the viewer allows playbacks to be counted, here and in the browser (Do Not Track, Global Privacy Control).
 */
function isWelcome(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & {
    globalPrivacyControl?: boolean;
  };
  return preferences.value.countsViews && doNotTrack !== "1" && globalPrivacyControl !== true;
}

/**
 * Reports how well a video plays. The measuring code loads once it plays; until then only the first times are recorded
 * here.
 */
export function useQuality(
  id: string,
  element: RefObject<HTMLVideoElement>,
  keeper: RefObject<PlaybackTokenKeeper>,
  source: RefObject<Pick<AttachedSource, "facts">>,
  failure: PlainKey | null,
): void {
  const report = useRef<Promise<QualityReport | null> | null>(null);
  useEffect(() => {
    const media = element.current;
    if (!media || !isWelcome()) return;
    const times: { askedAt: number; startedAt: number | null } = { askedAt: 0, startedAt: null };
    const start = () => {
      times.askedAt ||= performance.now();
      report.current ??= import("./quality-report.ts").then(
        (code) => new code.QualityReport(media, times, () => source.current?.facts() ?? null),
        () => null,
      );
    };
    // The keeper no longer exists when the promise calls back.
    const send = (isEnd: boolean) => {
      const token = keeper.current?.current.token;
      if (token) void report.current?.then((measured) => measured?.send(token, isEnd));
    };
    const listeners = new AbortController();
    const { signal } = listeners;
    media.addEventListener("play", start, { signal });
    media.addEventListener("playing", () => (times.startedAt ??= performance.now()), { signal });
    if (!media.paused) start();
    addEventListener("pagehide", () => send(false), { signal });
    const timer = setInterval(() => send(false), 60_000);
    return () => {
      clearInterval(timer);
      listeners.abort();
      send(true);
      report.current = null;
    };
  }, [id, element, keeper, source]);
  useEffect(() => {
    if (failure) void report.current?.then((measured) => measured?.fail(failure));
  }, [failure]);
}
