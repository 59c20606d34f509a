import Hls from "hls.js";
import { takeEarlyStream } from "./early-stream.ts";
import { exposeTracks } from "./expose-tracks.ts";
import { offerAirPlay } from "./airplay-source.ts";
import {
  type AttachedSource,
  NETWORK_FAILURE,
  PLAY_FAILURE,
  type SourceFacts,
  type SourceOptions,
  UNSUPPORTED,
} from "./media-source.ts";
import { recoverFromCuts } from "./network-recovery.ts";
import { tryToPlay } from "../element/media-element.ts";
import { createStream } from "./stream.ts";
import type { PlainKey } from "../../i18n/translate.ts";

const MAX_MEDIA_ERROR_RECOVERIES = 2;
/** How far before the end of what has been processed a seek beyond it lands. */
const PROCESSED_MARGIN_SECONDS = 3;

const FAILURES: Record<string, PlainKey> = {
  [Hls.ErrorTypes.NETWORK_ERROR]: NETWORK_FAILURE,
  [Hls.ErrorTypes.MEDIA_ERROR]: UNSUPPORTED,
};
const REFUSED = "player.refused";

function factsOf(hls: Hls | null): SourceFacts {
  const level = hls?.levels[hls.currentLevel];
  const { width = 0, height = 0, bitrate = 0, codecs = "" } = level ?? {};
  return {
    rendition: level ? { width, height, bitrate, codecs } : null,
    bandwidth: hls ? hls.bandwidthEstimate : null,
  };
}

/** Plays HLS in a video element with hls.js, if Media Source Extensions are available. */
export function attachHls(video: HTMLVideoElement, options: SourceOptions): AttachedSource {
  const { keeper, onFailure, onProcessed } = options;
  let { dataSaver, duration, startAt } = options;
  let hls: Hls | null = null;
  let detachTracks = () => {};
  let endAirPlay = () => {};
  let endRecovery = () => {};
  /** Seconds; null once the whole video has been processed. */
  let processed: number | null = null;

  // The rest exists soon, but not yet.
  const stayProcessed = () => {
    if (processed !== null && video.currentTime > processed)
      video.currentTime = Math.max(0, processed - PROCESSED_MARGIN_SECONDS);
  };
  video.addEventListener("seeking", stayProcessed);

  const load = () => {
    const early = duration === null ? takeEarlyStream(keeper.current.hls, startAt) : null;
    const { hls: player, page } = early ?? createStream(keeper.current, startAt);
    Object.assign(page, { keeper, isSaving: () => dataSaver, element: video });
    endRecovery = recoverFromCuts(player);
    // An AirPlay device cannot get licences.
    if (Object.keys(keeper.current.licenses).length === 0)
      endAirPlay = offerAirPlay(video, player, () => keeper.current.hls, reload);
    let recoveries = 0;
    const expose = () => {
      detachTracks();
      detachTracks = exposeTracks(video, player);
    };
    player.on(Hls.Events.MANIFEST_PARSED, expose);
    if (player.levels.length > 0) expose();
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
    // A growing playlist ends at the processed part; the timeline shows the whole video.
    player.attachMedia(duration === null ? video : { media: video, overrides: { duration } });
    if (!early) player.loadSource(keeper.current.hls);
    hls = player;
  };
  const unload = () => {
    detachTracks();
    detachTracks = () => {};
    endRecovery();
    hls?.destroy();
    endAirPlay();
  };
  const reload = () => {
    const playing = !video.paused && !video.ended;
    startAt = video.currentTime;
    duration = null;
    processed = null;
    onProcessed(null);
    unload();
    load();
    if (playing) tryToPlay(video);
  };
  load();

  return {
    reload,
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
