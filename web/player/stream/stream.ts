import Hls, { type HlsConfig, type LoadPolicy } from "hls.js";
import type { Playback } from "../../../workers/contract/playback.ts";
import { nextTask } from "../../next-task.ts";
import { expectedBandwidth } from "./bandwidth.ts";
import { drmConfig } from "./drm-config.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";
import { preferences } from "../preferences/preferences.ts";
import { startLevelOf } from "./start-level.ts";

const BUFFER_SECONDS = 60;
/** Height of the largest rendition that data saver plays. */
const DATA_SAVER_HEIGHT = 480;

const MAX_RETRIES = 6;
/** hls.js counts the retries of all levels and of the audio together. */
const MAX_SEGMENT_RETRIES = 10;
/** Retries of a request without a response. hls.js retries these only if the browser says that it is offline. */
const NO_STATUS = 0;

/** hls.js' own retries, retries after a network cut, and a retry with a new playback token after a 403. */
function withRenewal(
  policy: LoadPolicy,
  refused: () => boolean,
  maxRetries = MAX_RETRIES,
): LoadPolicy {
  return {
    default: {
      ...policy.default,
      errorRetry: {
        maxNumRetry: maxRetries,
        retryDelayMs: 500,
        maxRetryDelayMs: 4000,
        shouldRetry: (_config, count, _timeout, response, retry) => {
          if (response?.code === 403) return refused();
          return retry || (response?.code === NO_STATUS && count < maxRetries);
        },
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

/** The data about the page that a stream needs. */
interface StreamPage {
  /** Null while there is no player: the first token is still fresh. */
  keeper: PlaybackTokenKeeper | null;
  isSaving: () => boolean;
  element: HTMLVideoElement | null;
}

export interface Stream {
  hls: Hls;
  page: StreamPage;
}

/** hls.js, set up for a playback; nothing loads yet. @param startAt seconds */
export function createStream({ licenses }: Playback, startAt: number): Stream {
  const page: StreamPage = {
    keeper: null,
    isSaving: () => preferences.value.dataSaver,
    element: null,
  };
  const refused = () => page.keeper?.refused() ?? false;
  const bandwidth = expectedBandwidth();
  const hls = new Hls({
    startPosition: startAt,
    // After the playlist has been read, in the next task (below).
    autoStartLoad: false,
    // Its worker converts transport streams; fragmented MP4 only passes through.
    enableWorker: false,
    // The first segment is requested at the level that connection and player allow (startLevelOf).
    abrEwmaDefaultEstimate: bandwidth,
    testBandwidth: false,
    capLevelToPlayerSize: true,
    capLevelController: cappedFor(() => page.isSaving()),
    startFragPrefetch: true,
    ...audioPreference(),
    backBufferLength: BUFFER_SECONDS,
    maxMaxBufferLength: BUFFER_SECONDS,
    // The page adds captions as <track> elements, which browsers and media-chrome support by themselves.
    enableWebVTT: false,
    enableIMSC1: false,
    enableCEA708Captions: false,
    ...drmConfig(licenses),
    xhrSetup: async (xhr, url) =>
      xhr.open("GET", page.keeper ? await page.keeper.rewrite(url) : url, true),
    fragLoadPolicy: withRenewal(Hls.DefaultConfig.fragLoadPolicy, refused, MAX_SEGMENT_RETRIES),
    keyLoadPolicy: withRenewal(Hls.DefaultConfig.keyLoadPolicy, refused),
    playlistLoadPolicy: withRenewal(Hls.DefaultConfig.playlistLoadPolicy, refused),
    manifestLoadPolicy: withRenewal(Hls.DefaultConfig.manifestLoadPolicy, refused),
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    // The first segment is chosen before hls.js knows the size of the player, or before there is one.
    const isSaving = page.isSaving();
    if (isSaving) hls.autoLevelCapping = largestSaving(hls);
    const { clientWidth: width, clientHeight: height } = page.element ?? document.documentElement;
    const fitting = FittingController.getMaxLevelByMediaSize(
      hls.levels,
      width * devicePixelRatio,
      height * devicePixelRatio,
    );
    const maxLevel = Math.min(fitting, isSaving ? largestSaving(hls) : fitting);
    hls.startLevel = startLevelOf(hls.levels, bandwidth, maxLevel);
    // On a slow phone, each of the two is a task of some length.
    void nextTask().then(() => {
      // It has been destroyed.
      if (hls.url === null) return;
      hls.config.autoStartLoad = true;
      hls.startLoad(startAt);
    });
  });
  return { hls, page };
}
