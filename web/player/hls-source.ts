import Hls, { type HlsConfig, type LoadPolicy } from "hls.js";
import workerUrl from "hls.js/dist/hls.worker.js?url";
import { exposeTracks } from "./expose-tracks.ts";
import { drmConfig } from "./drm-config.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

export interface HlsSource {
  /** Loads the playlists anew (a film that has become `ready`) and goes on at the same second. */
  reload: () => void;
  destroy: () => void;
}

interface Options {
  keeper: PlaybackTokenKeeper;
  /** Seconds to start at. */
  startAt: number;
  /** A failure that cannot be recovered from, as a sentence. */
  onFailure: (sentence: string) => void;
}

const FAILURES: Record<string, string> = {
  [Hls.ErrorTypes.NETWORK_ERROR]:
    "The film cannot be loaded. Check your connection, then try again.",
  [Hls.ErrorTypes.MEDIA_ERROR]: "This browser cannot decode the film.",
};

const REFUSED = "This film may not be watched from where you are, or no longer.";

/** hls.js' own retries, and one more when the grant was refused: with a new one. */
const withRenewal = (policy: LoadPolicy, keeper: PlaybackTokenKeeper): LoadPolicy => ({
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
});

/** Plays a grant's HLS in a video element: hls.js wherever Media Source Extensions exist, else natively. */
export function attachHls(video: HTMLVideoElement, options: Options): HlsSource {
  if (!Hls.isSupported()) return attachNatively(video, options);
  const { keeper, onFailure } = options;
  let { startAt } = options;
  let hls: Hls | null = null;
  let detachTracks = () => {};

  const load = () => {
    const config: Partial<HlsConfig> = {
      startPosition: startAt,
      workerPath: workerUrl,
      backBufferLength: 60,
      maxMaxBufferLength: 60,
      // Captions come as <track> elements of the page, which every control understands.
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
    let recoveries = 0;
    player.on(Hls.Events.MANIFEST_PARSED, () => {
      detachTracks();
      detachTracks = exposeTracks(video, player);
    });
    player.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && recoveries++ < 2) player.recoverMediaError();
      else if (data.response?.code === 403) onFailure(REFUSED);
      else onFailure(FAILURES[data.type] ?? "The film cannot be played.");
    });
    player.attachMedia(video);
    player.loadSource(keeper.current.hls);
    hls = player;
  };
  const unload = () => {
    detachTracks();
    detachTracks = () => {};
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

/** iPhones without Managed Media Source: the system's player has the URLs, so a renewal sets a new source. */
function attachNatively(
  video: HTMLVideoElement,
  { keeper, startAt, onFailure }: Options,
): HlsSource {
  let at = startAt;
  const load = () => {
    video.src = keeper.current.hls;
    video.addEventListener("loadedmetadata", () => (video.currentTime = at), { once: true });
  };
  const reload = () => {
    const playing = !video.paused;
    at = video.currentTime || at;
    load();
    if (playing) void video.play().catch(() => undefined);
  };
  const onError = () => {
    if (keeper.refused())
      keeper.renew().then(reload, () => onFailure("The film cannot be loaded."));
    else onFailure("The film cannot be played.");
  };
  video.addEventListener("error", onError);
  load();
  return { reload, destroy: () => video.removeEventListener("error", onError) };
}
