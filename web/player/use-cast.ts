import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { tryToPlay } from "./media-element.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";
import { castRequest, hasChromecast } from "./cast-sdk.ts";
import { CastRemote } from "./cast-remote.ts";

/** A device's own requests cannot be given a new playback token, so it loads the stream again before its token expires. */
const RELOAD_AFTER_SHARE = 0.75;

/** A video that plays on a Chromecast, for its panel. */
export interface Casting {
  device: string;
  isPaused: boolean;
  /** Seconds. */
  time: number;
  playOrPause: () => void;
  seekBy: (seconds: number) => void;
  stop: () => void;
}

/**
 * Plays the video on a Chromecast that the viewer chooses. Here it stays paused meanwhile, and afterwards goes on where the
 * device stopped.
 * @returns null while nothing is cast
 */
export function useCast(
  video: Video,
  element: RefObject<HTMLVideoElement>,
  keeper: RefObject<PlaybackTokenKeeper>,
): Casting | null {
  const [casting, setCasting] = useState<Casting | null>(null);
  useEffect(() => {
    const media = element.current;
    if (!hasChromecast || !media) return;
    const remote = new CastRemote();
    // Before media-chrome, which comes later, looks for it.
    Object.defineProperty(media, "remote", { value: remote, configurable: true });
    const listeners = new AbortController();
    const { signal } = listeners;
    let end = () => {};
    const start = () => {
      const { session } = remote;
      end();
      if (session && keeper.current)
        end = castTo(session, {
          remote,
          media,
          video,
          keeper: keeper.current,
          onChange: setCasting,
        });
    };
    remote.addEventListener("connect", start, { signal });
    remote.addEventListener("disconnect", () => end(), { signal });
    const load = () => void remote.load();
    // The stream begins before this effect, and may have its first frame already.
    if (media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) load();
    else media.addEventListener("loadeddata", load, { signal, once: true });
    return () => {
      listeners.abort();
      end();
      remote.destroy();
    };
  }, [video.id, element, keeper]);
  return casting;
}

interface Scene {
  remote: CastRemote;
  media: HTMLVideoElement;
  video: Video;
  keeper: PlaybackTokenKeeper;
  onChange: (casting: Casting | null) => void;
}

/** @returns a function that ends it here; the device may go on */
function castTo(session: cast.framework.CastSession, scene: Scene): () => void {
  const { remote, media, video, keeper, onChange } = scene;
  const listeners = new AbortController();
  const player = new cast.framework.RemotePlayer();
  const controller = new cast.framework.RemotePlayerController(player);
  const { ANY_CHANGE } = cast.framework.RemotePlayerEventType;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** After the session its player says 0. */
  let lastTime = media.currentTime;
  let isPlaying = !media.paused;
  const absolute = (path: string) => new URL(path, location.origin).href;

  const load = async () => {
    const { current } = keeper;
    const poster = current.poster ?? video.poster;
    const request = castRequest({
      url: absolute(current.hls),
      title: video.title,
      poster: poster ? absolute(poster) : null,
      startAt: lastTime,
      isPlaying,
    });
    timer = setTimeout(() => void reload(), current.expiresIn * 1000 * RELOAD_AFTER_SHARE);
    await session.loadMedia(request);
  };
  // What the device refuses to play ends the session: the video then goes on here.
  const loadOrStop = () => load().catch(() => remote.stop());
  const reload = async () => {
    await keeper.renew().catch(() => undefined);
    await loadOrStop();
  };
  const update = () => {
    if (player.isMediaLoaded) {
      lastTime = player.currentTime;
      isPlaying = !player.isPaused;
    }
    onChange({
      device: session.getCastDevice().friendlyName,
      isPaused: !isPlaying,
      time: lastTime,
      playOrPause: () => controller.playOrPause(),
      seekBy: (seconds) => {
        const { duration } = player;
        player.currentTime = Math.min(duration || lastTime, Math.max(0, lastTime + seconds));
        controller.seek();
      },
      stop: () => remote.stop(),
    });
  };
  controller.addEventListener(ANY_CHANGE, update);
  media.pause();
  // The keys and the system's media controls play here what is meant to play there.
  media.addEventListener(
    "play",
    () => {
      media.pause();
      if (player.isPaused) controller.playOrPause();
    },
    { signal: listeners.signal },
  );
  update();
  void loadOrStop();

  return () => {
    if (listeners.signal.aborted) return;
    listeners.abort();
    clearTimeout(timer);
    controller.removeEventListener(ANY_CHANGE, update);
    onChange(null);
    media.currentTime = lastTime;
    if (isPlaying) tryToPlay(media);
  };
}
