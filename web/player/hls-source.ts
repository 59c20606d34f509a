import Hls, { type HlsConfig, type LoadPolicy } from "hls.js";
import workerUrl from "hls.js/dist/hls.worker.js?url";
import { exposeTracks } from "./expose-tracks.ts";
import { expectedBandwidth, followBandwidth } from "./bandwidth.ts";
import { drmConfig } from "./drm-config.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

export interface HlsSource {
  /** Loads the playlists again, for a video that has become `ready`, and resumes at the same position. */
  reload: () => void;
  destroy: () => void;
}

interface HlsSourceOptions {
  keeper: PlaybackTokenKeeper;
  /** Seconds. */
  startAt: number;
  /** Receives the sentence to show when playback cannot recover. */
  onFailure: (message: string) => void;
}

const MAX_MEDIA_ERROR_RECOVERIES = 2;
const BUFFER_SECONDS = 60;

const FAILURES: Record<string, string> = {
  [Hls.ErrorTypes.NETWORK_ERROR]:
    "The video could not be loaded. Check your connection and try again.",
  [Hls.ErrorTypes.MEDIA_ERROR]: "Your browser cannot play this video.",
};
const LOAD_FAILURE = "The video could not be loaded.";
const PLAY_FAILURE = "The video could not be played.";
const REFUSED = "You no longer have access to this video, or it is not available in your location.";

/** hls.js' own retries, and a retry with a new playback token after a 403. */
function withRenewal(policy: LoadPolicy, keeper: PlaybackTokenKeeper): LoadPolicy {
  return {
    default: {
      ...policy.default,
      errorRetry: {
        maxNumRetry: 6,
        retryDelayMs: 500,
        maxRetryDelayMs: 8000,
        shouldRetry: (_config, _count, _timeout, response, retry) =>
          response?.code === 403 ? keeper.refused() : retry,
      },
    },
  };
}

/** Plays HLS in a video element: with hls.js where Media Source Extensions exist, else natively. */
export function attachHls(video: HTMLVideoElement, options: HlsSourceOptions): HlsSource {
  if (!Hls.isSupported()) return attachNatively(video, options);
  const { keeper, onFailure } = options;
  let { startAt } = options;
  let hls: Hls | null = null;
  let detachTracks = () => {};
  let storeBandwidth = () => {};

  const load = () => {
    const config: Partial<HlsConfig> = {
      startPosition: startAt,
      workerPath: workerUrl,
      // The first segment is requested at the level that connection and player allow, before media is attached.
      abrEwmaDefaultEstimate: expectedBandwidth(),
      capLevelToPlayerSize: true,
      startFragPrefetch: true,
      backBufferLength: BUFFER_SECONDS,
      maxMaxBufferLength: BUFFER_SECONDS,
      // The page adds captions as <track> elements, which browsers and media-chrome support by themselves.
      enableWebVTT: false,
      enableIMSC1: false,
      enableCEA708Captions: false,
      ...drmConfig(keeper.current.licenses),
      xhrSetup: async (xhr, url) => xhr.open("GET", await keeper.rewrite(url), true),
      fragLoadPolicy: withRenewal(Hls.DefaultConfig.fragLoadPolicy, keeper),
      keyLoadPolicy: withRenewal(Hls.DefaultConfig.keyLoadPolicy, keeper),
      playlistLoadPolicy: withRenewal(Hls.DefaultConfig.playlistLoadPolicy, keeper),
      manifestLoadPolicy: withRenewal(Hls.DefaultConfig.manifestLoadPolicy, keeper),
    };
    const player = new Hls(config);
    storeBandwidth = followBandwidth(player);
    let recoveries = 0;
    player.on(Hls.Events.MANIFEST_PARSED, () => {
      detachTracks();
      detachTracks = exposeTracks(video, player);
    });
    player.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      const recoverable = data.type === Hls.ErrorTypes.MEDIA_ERROR;
      if (recoverable && recoveries++ < MAX_MEDIA_ERROR_RECOVERIES) player.recoverMediaError();
      else if (data.response?.code === 403) onFailure(REFUSED);
      else onFailure(FAILURES[data.type] ?? PLAY_FAILURE);
    });
    player.attachMedia(video);
    player.loadSource(keeper.current.hls);
    hls = player;
  };
  const unload = () => {
    detachTracks();
    detachTracks = () => {};
    storeBandwidth();
    hls?.destroy();
  };
  load();

  return {
    reload: () => {
      const playing = !video.paused && !video.ended;
      startAt = video.currentTime;
      unload();
      load();
      if (playing) void video.play().catch(() => undefined);
    },
    destroy: unload,
  };
}

/** For iPhones without Managed Media Source. The system requests the URLs itself, so a renewal sets a new `src`. */
function attachNatively(
  video: HTMLVideoElement,
  { keeper, startAt, onFailure }: HlsSourceOptions,
): HlsSource {
  let position = startAt;
  const load = () => {
    video.src = keeper.current.hls;
    video.addEventListener("loadedmetadata", () => (video.currentTime = position), { once: true });
  };
  const reload = () => {
    const playing = !video.paused;
    position = video.currentTime || position;
    load();
    if (playing) void video.play().catch(() => undefined);
  };
  const onError = () => {
    if (keeper.refused()) keeper.renew().then(reload, () => onFailure(LOAD_FAILURE));
    else onFailure(PLAY_FAILURE);
  };
  video.addEventListener("error", onError);
  load();
  return { reload, destroy: () => video.removeEventListener("error", onError) };
}
