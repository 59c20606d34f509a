import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import { creatorNameOf, titleOf } from "../../components/creator-link.tsx";
import { fittingPoster } from "../../poster-sources.ts";
import { timeWithin, tryToPlay } from "../element/media-element.ts";
import { SEEK_SECONDS } from "../controls/player-controls.tsx";

/** Shows the video in the system's media controls, on lock screens and headsets, and handles their actions. */
export function useMediaSession(
  video: Video,
  element: RefObject<HTMLVideoElement>,
  onNext: (() => void) | undefined,
  onPrevious: (() => void) | undefined,
): void {
  useEffect(() => {
    const { mediaSession } = navigator as { mediaSession?: MediaSession };
    const media = element.current;
    if (!mediaSession || !media) return;
    mediaSession.metadata = new MediaMetadata({
      title: titleOf(video),
      artist: creatorNameOf(video),
      // The file that the player shows, so that no second one is loaded.
      artwork: video.poster
        ? [{ src: new URL(fittingPoster(video.poster), location.href).href }]
        : [],
    });
    const seekTo = (time: number) => {
      media.currentTime = timeWithin(media, time);
    };
    const actions: Partial<Record<MediaSessionAction, MediaSessionActionHandler | null>> = {
      play: () => tryToPlay(media),
      pause: () => media.pause(),
      seekbackward: ({ seekOffset }) => seekTo(media.currentTime - (seekOffset ?? SEEK_SECONDS)),
      seekforward: ({ seekOffset }) => seekTo(media.currentTime + (seekOffset ?? SEEK_SECONDS)),
      seekto: ({ seekTime }) => seekTime !== undefined && seekTo(seekTime),
      nexttrack: onNext ?? null,
      previoustrack: onPrevious ?? null,
    };
    const names = Object.keys(actions) as MediaSessionAction[];
    for (const name of names) setHandler(mediaSession, name, actions[name] ?? null);
    const listeners = new AbortController();
    const report = () => {
      if (!Number.isFinite(media.duration) || media.duration <= 0) return;
      mediaSession.setPositionState({
        duration: media.duration,
        playbackRate: media.playbackRate || 1,
        position: Math.min(media.currentTime, media.duration),
      });
    };
    for (const name of ["durationchange", "seeked", "ratechange", "play", "pause"])
      media.addEventListener(name, report, { signal: listeners.signal });
    return () => {
      listeners.abort();
      for (const name of names) setHandler(mediaSession, name, null);
      mediaSession.metadata = null;
    };
  }, [video.id, video.title, video.poster, onNext, onPrevious]);
}

/** Browsers throw for unknown actions. */
function setHandler(
  session: MediaSession,
  name: MediaSessionAction,
  handler: MediaSessionActionHandler | null,
): void {
  try {
    session.setActionHandler(name, handler);
  } catch {
    // The system has no such button.
  }
}
