import Hls, { type HlsConfig, type LoadPolicy } from "hls.js";
import { exposeTracks } from "./expose-tracks.ts";
import { expectedBandwidth, followBandwidth } from "./bandwidth.ts";
import { drmConfig } from "./drm-config.ts";
import {
  type AttachedSource,
  PLAY_FAILURE,
  type SourceFacts,
  type SourceOptions,
  UNSUPPORTED,
} from "./media-source.ts";
import { startLevelOf } from "./start-level.ts";
import { tryToPlay } from "./media-element.ts";
import { preferences } from "./preferences.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";
import type { PlainKey } from "../i18n/translate.ts";

const MAX_MEDIA_ERROR_RECOVERIES = 2;
const BUFFER_SECONDS = 60;
/** Lines of the largest rendition that data saver plays. */
const DATA_SAVER_HEIGHT = 480;
/** How far before the end of what has been processed a seek beyond it lands. */
const PROCESSED_MARGIN_SECONDS = 3;

const FAILURES: Record<string, PlainKey> = {
  [Hls.ErrorTypes.NETWORK_ERROR]: "player.networkFailure",
  [Hls.ErrorTypes.MEDIA_ERROR]: UNSUPPORTED,
};
const REFUSED = "player.refused";

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

type CapLevelController = NonNullable<HlsConfig["capLevelController"]>;
const FittingController = Hls.DefaultConfig.capLevelController as CapLevelController;

/** The largest level that data saver allows. */
function largestSaving({ levels }: Hls): number {
  const small = levels.flatMap(({ width, height }, index) =>
    Math.min(width, height) <= DATA_SAVER_HEIGHT ? index : [],
  );
  return Math.max(0, ...small);
}

/** hls.js' choice of the largest rendition that fits the player, and none above what data saver allows. */
function cappedFor(isSaving: () => boolean): CapLevelController {
  return class DataSaverController extends FittingController {
    #hls: Hls;
    constructor(hls: Hls) {
      super(hls);
      this.#hls = hls;
    }
    override getMaxLevel(capLevelIndex: number): number {
      const fitting = super.getMaxLevel(capLevelIndex);
      if (!isSaving()) return fitting;
      return Math.min(fitting, largestSaving(this.#hls));
    }
  };
}

/** The audio track to start with, if the video has one in the viewer's language. */
function audioPreference(): Partial<HlsConfig> {
  const lang = preferences.value.audioLanguage;
  return lang === "" ? {} : { audioPreference: { lang } };
}

function factsOf(hls: Hls | null): SourceFacts {
  const level = hls?.levels[hls.currentLevel];
  const { width = 0, height = 0, bitrate = 0, codecs = "" } = level ?? {};
  return {
    rendition: level ? { width, height, bitrate, codecs } : null,
    bandwidth: hls ? hls.bandwidthEstimate : null,
  };
}

/** Plays HLS in a video element with hls.js, where Media Source Extensions exist. */
export function attachHls(video: HTMLVideoElement, options: SourceOptions): AttachedSource {
  const { keeper, onFailure, onProcessed } = options;
  let { dataSaver, duration, startAt } = options;
  let hls: Hls | null = null;
  let detachTracks = () => {};
  let storeBandwidth = () => {};
  /** Seconds; null once the whole video has been processed. */
  let processed: number | null = null;

  // The rest exists soon, but not yet.
  const stayProcessed = () => {
    if (processed !== null && video.currentTime > processed)
      video.currentTime = Math.max(0, processed - PROCESSED_MARGIN_SECONDS);
  };
  video.addEventListener("seeking", stayProcessed);

  const load = () => {
    const bandwidth = expectedBandwidth();
    const config: Partial<HlsConfig> = {
      startPosition: startAt,
      // Its worker converts transport streams; fragmented MP4 only passes through.
      enableWorker: false,
      // The first segment is requested at the level that connection and player allow (startLevelOf).
      abrEwmaDefaultEstimate: bandwidth,
      testBandwidth: false,
      capLevelToPlayerSize: true,
      capLevelController: cappedFor(() => dataSaver),
      startFragPrefetch: true,
      ...audioPreference(),
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
      // The first segment is chosen before hls.js knows the size of the player.
      if (dataSaver) player.autoLevelCapping = largestSaving(player);
      const fitting = FittingController.getMaxLevelByMediaSize(
        player.levels,
        video.clientWidth * devicePixelRatio,
        video.clientHeight * devicePixelRatio,
      );
      const maxLevel = Math.min(fitting, dataSaver ? largestSaving(player) : fitting);
      player.startLevel = startLevelOf(player.levels, bandwidth, maxLevel);
    });
    player.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => {
      processed = details.live ? details.edge : null;
      onProcessed(processed);
    });
    player.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      const recoverable = data.type === Hls.ErrorTypes.MEDIA_ERROR;
      if (recoverable && recoveries++ < MAX_MEDIA_ERROR_RECOVERIES) player.recoverMediaError();
      else if (data.response?.code === 403) onFailure(REFUSED);
      else onFailure(FAILURES[data.type] ?? PLAY_FAILURE);
    });
    // A growing playlist ends where processing is; the timeline shows the whole video.
    player.attachMedia(duration === null ? video : { media: video, overrides: { duration } });
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
      duration = null;
      processed = null;
      onProcessed(null);
      unload();
      load();
      if (playing) tryToPlay(video);
    },
    destroy: () => {
      video.removeEventListener("seeking", stayProcessed);
      unload();
    },
    facts: () => factsOf(hls),
    setDataSaver: (on) => {
      dataSaver = on;
    },
  };
}
