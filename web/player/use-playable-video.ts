import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { Playback } from "../../workers/contract/playback.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { getVideo } from "../api.ts";
import type { ApiError } from "../api-error.ts";
import { account } from "../session.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { type OpenVideo, openVideo } from "./open-video.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

const POLL_INTERVAL_MS = 3000;

export interface PlayableVideo {
  /** Undefined while it loads. */
  video: Video | undefined;
  /** Undefined until the video can be played. */
  opened: OpenVideo | undefined;
  error: ApiError | undefined;
  /** Repeats the request that failed. */
  retry: () => void;
  /** Set by the player while it is mounted. */
  keeper: RefObject<PlaybackTokenKeeper>;
  /** Replaces `opened.playback` after a renewal. */
  onPlayback: (playback: Playback) => void;
}

/** Loads a video, polls while it is transcoded, and opens it as soon as it can be played. */
export function usePlayableVideo(id: string): PlayableVideo {
  const loaded = useLoad((signal) => getVideo(id, signal), [id, account.value?.id]);
  // After a navigation `useLoad` still holds the previous video.
  const video = loaded.data?.id === id ? loaded.data : undefined;
  const state = video?.state;
  const canWatch = state === "playable" || state === "ready";
  // Opened again when it becomes `ready`, for the final playlists, storyboard and captions.
  const opening = useLoad(
    async (signal) => (canWatch ? openVideo(id, signal) : undefined),
    [id, canWatch, state === "ready"],
  );
  const opened = canWatch && opening.data?.id === id ? opening.data : undefined;
  usePolling(
    async () => loaded.set(await getVideo(id)),
    state !== undefined && state !== "ready" && state !== "failed",
    POLL_INTERVAL_MS,
    [state],
  );
  return {
    video,
    opened,
    error: loaded.error ?? opening.error,
    retry: loaded.error ? loaded.reload : opening.reload,
    keeper: useRef<PlaybackTokenKeeper | null>(null),
    onPlayback: (playback) => opened && opening.set({ ...opened, playback }),
  };
}
