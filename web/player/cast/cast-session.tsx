import type { VNode } from "preact";
import type { Video } from "../../../workers/contract/videos.ts";
import { type Casting, CastPanel } from "./cast-panel.tsx";
import type { CastRemote } from "./cast-remote.ts";
import { castRequest } from "./cast-request.ts";
import { tryToPlay } from "../element/media-element.ts";
import type { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";

/** A device's own requests cannot be given a new playback token, so it loads the stream again before its token expires. */
const RELOAD_AFTER_SHARE = 0.75;

interface Scene {
  remote: CastRemote;
  media: HTMLVideoElement;
  video: Video;
  keeper: PlaybackTokenKeeper;
  onChange: (panel: VNode | null) => void;
}

/**
 * Plays a video on a device. The code is loaded only if there is a device, which few viewers have (use-cast.ts).
 * @returns a function that ends it here; the device may continue
 */
export function castTo(session: cast.framework.CastSession, scene: Scene): () => void {
  const { remote, media, video, keeper, onChange } = scene;
  const listeners = new AbortController();
  const player = new cast.framework.RemotePlayer();
  const controller = new cast.framework.RemotePlayerController(player);
  const { ANY_CHANGE } = cast.framework.RemotePlayerEventType;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** After the session, its player reports 0. */
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
  // If the device cannot play the video, the session ends and the video continues here.
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
    const casting: Casting = {
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
    };
    onChange(<CastPanel casting={casting} />);
  };
  controller.addEventListener(ANY_CHANGE, update);
  media.pause();
  // The keys and the system's media controls would start the local player instead of the device.
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
