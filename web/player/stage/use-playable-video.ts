import type { RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import type { VideoMarks } from "../../../workers/contract/library.ts";
import type { Playback } from "../../../workers/contract/playback.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { getVideo } from "../../api.ts";
import type { ApiError } from "../../api-error.ts";
import { accessTokens } from "../../http.ts";
import { account } from "../../session.ts";
import { useLoad, usePolling } from "../../use-load.ts";
import { adoptSettings } from "../preferences/account-settings.ts";
import { takeWatch } from "./early-start.ts";
import { type OpenVideo, openVideo } from "../opening/open-video.ts";
import type { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";

const POLL_INTERVAL_MS = 3000;

export interface PlayableVideo {
  /** Undefined while it loads. */
  video: Video | undefined;
  /** Undefined until the video can be played. */
  opened: OpenVideo | undefined;
  /** The account's library data about it; null without an account. */
  marks: VideoMarks | null;
  error: ApiError | undefined;
  /** Repeats the request that failed. */
  retry: () => void;
  /** Set by the player while it is mounted. */
  keeper: RefObject<PlaybackTokenKeeper>;
  /** Replaces `opened.playback` after a renewal. */
  onPlayback: (playback: Playback) => void;
  /** The player has shown a frame, or there is none to wait for: now the rest of the page may load. */
  isShown: boolean;
  /** Called by the player with its first frame, or when it fails. */
  onShown: () => void;
}

/**
 * Whether this tab's requests belong to an account. Until the server has answered, the browser's hint is used, so that
 * the video is not loaded twice.
 */
const isSignedIn = (): boolean =>
  account.value === undefined ? accessTokens.signedIn : account.value !== null;

/** Loads a video and its playback, polls while it is transcoded, and opens it again when it can be played or is ready. */
export function usePlayableVideo(id: string): PlayableVideo {
  const loaded = useLoad(
    async (signal) => {
      const watch = await takeWatch(id, signal);
      if (watch.settings) adoptSettings(watch.settings);
      return { video: watch.video, opened: openVideo(watch), marks: watch.marks };
    },
    [id, isSignedIn()],
  );
  const [shownId, setShownId] = useState<string | null>(null);
  // After a navigation `useLoad` still holds the previous video.
  const data = loaded.data?.video.id === id ? loaded.data : undefined;
  const state = data?.video.state;
  usePolling(
    async () => {
      const video = await getVideo(id);
      // Needed for the first segments, and again for the final playlists, storyboard and captions.
      const isNews =
        video.state !== state && (video.state === "playable" || video.state === "ready");
      if (isNews) loaded.reload();
      else loaded.set({ video, opened: data?.opened, marks: data?.marks ?? null });
    },
    state !== undefined && state !== "ready" && state !== "failed",
    POLL_INTERVAL_MS,
    [state],
  );
  return {
    video: data?.video,
    opened: data?.opened,
    marks: data?.marks ?? null,
    error: loaded.error,
    retry: loaded.reload,
    keeper: useRef<PlaybackTokenKeeper | null>(null),
    onPlayback: (playback) =>
      data?.opened && loaded.set({ ...data, opened: { ...data.opened, playback } }),
    isShown: shownId === id || (data !== undefined && !data.opened),
    onShown: () => setShownId(id),
  };
}
