import type { Playback } from "../../../workers/contract/playback.ts";
import { tryToPlay } from "../element/media-element.ts";
import { hasMediaSource } from "../element/media-support.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";
import type { PlainKey } from "../../i18n/translate.ts";

/** For the statistics. */
export interface SourceFacts {
  /** The playing rendition; null if the browser chooses it. */
  rendition: { width: number; height: number; bitrate: number; codecs: string } | null;
  /** Bits per second. */
  bandwidth: number | null;
}

export interface AttachedSource {
  /** Loads the playlists again, for a video that has become `ready`, and resumes at the same position. */
  reload: () => void;
  destroy: () => void;
  facts: () => SourceFacts;
  /** Whether large renditions are left out. */
  setDataSaver: (on: boolean) => void;
}

export interface SourceOptions {
  keeper: PlaybackTokenKeeper;
  /** Seconds. */
  startAt: number;
  /** Duration of the whole video in seconds, even while it is growing; null if unknown. */
  duration: number | null;
  dataSaver: boolean;
  /** Receives the message to show when playback cannot recover. */
  onFailure: (message: PlainKey) => void;
  /** Seconds from the start that have been processed, while the video is growing; else null. */
  onProcessed: (end: number | null) => void;
}

export const LOAD_FAILURE = "player.loadFailure";
export const NETWORK_FAILURE = "player.networkFailure";
export const PLAY_FAILURE = "player.playFailure";
export const UNSUPPORTED = "player.unsupported";
const NO_FACTS: SourceFacts = { rendition: null, bandwidth: null };

export const HLS_TYPE = "application/vnd.apple.mpegurl";

/** Loads the code that plays, which is larger than the rest of the player. */
export const loadHls = () => import("./hls-source.ts");

/**
 * Plays a video: with hls.js if Media Source Extensions are available, else natively, as HLS or as the MP4 download.
 * @returns the source, and a promise that resolves when the element may be played
 */
export function attachMedia(
  video: HTMLVideoElement,
  options: SourceOptions,
): AttachedSource & { attached: Promise<void> } {
  let source: AttachedSource | null = null;
  let isDestroyed = false;
  let { dataSaver } = options;
  const attached = attachSuitable(video, options).then(
    (suitable) => {
      if (isDestroyed) suitable.destroy();
      else source = suitable;
      source?.setDataSaver(dataSaver);
    },
    (error: unknown) => {
      if (!isDestroyed) options.onFailure(isUnsupported(error) ? UNSUPPORTED : LOAD_FAILURE);
    },
  );
  return {
    attached,
    reload: () => source?.reload(),
    destroy: () => {
      isDestroyed = true;
      source?.destroy();
    },
    facts: () => source?.facts() ?? NO_FACTS,
    setDataSaver: (on) => {
      dataSaver = on;
      source?.setDataSaver(on);
    },
  };
}

const isUnsupported = (error: unknown) => error instanceof Error && error.message === UNSUPPORTED;

async function attachSuitable(
  video: HTMLVideoElement,
  options: SourceOptions,
): Promise<AttachedSource> {
  if (hasMediaSource()) {
    const hasLicenses = Object.keys(options.keeper.current.licenses).length > 0;
    const [hls] = await Promise.all([loadHls(), hasLicenses && import("./drm-code.ts")]);
    return hls.attachHls(video, options);
  }
  if (video.canPlayType(HLS_TYPE) !== "")
    return attachUrl(video, options, (playback) => playback.hls);
  const hasFile = mp4Of(options.keeper.current) !== undefined;
  if (!hasFile) throw new Error(UNSUPPORTED);
  return attachUrl(video, options, (playback) => mp4Of(playback) ?? playback.hls);
}

const mp4Of = ({ downloads }: Playback) => downloads.find(({ format }) => format === "mp4")?.url;

/** The browser requests the URLs itself, so a renewal sets a new `src`. */
function attachUrl(
  video: HTMLVideoElement,
  { keeper, startAt, onFailure }: SourceOptions,
  urlOf: (playback: Playback) => string,
): AttachedSource {
  let position = startAt;
  const load = () => {
    video.src = urlOf(keeper.current);
    video.addEventListener("loadedmetadata", () => (video.currentTime = position), { once: true });
  };
  const reload = () => {
    const playing = !video.paused;
    position = video.currentTime || position;
    load();
    if (playing) tryToPlay(video);
  };
  const onError = () => {
    if (keeper.refused()) keeper.renew().then(reload, () => onFailure(LOAD_FAILURE));
    else onFailure(PLAY_FAILURE);
  };
  video.addEventListener("error", onError);
  load();
  return {
    reload,
    destroy: () => video.removeEventListener("error", onError),
    facts: () => NO_FACTS,
    setDataSaver: () => undefined,
  };
}
