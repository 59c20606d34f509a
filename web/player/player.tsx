import "./media-chrome-elements.ts";
import "./player.css";
import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Playback } from "../../workers/contract/playback.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { createPlayback } from "../api.ts";
import { autoplayMedia, useMutedStart } from "./autoplay.ts";
import { DoubleTap } from "./double-tap.tsx";
import { PlaybackTokenKeeper } from "./playback-token-keeper.ts";
import { attachHls, type HlsSource } from "./hls-source.ts";
import { PlayerControls } from "./player-controls.tsx";
import type { OpenVideo } from "./open-video.ts";
import { ShortcutsHelp } from "./shortcuts-help.tsx";
import { useShortcuts } from "./use-shortcuts.ts";
import { useStreamSlot } from "./use-stream-slot.ts";
import { useWatchReport } from "./use-watch-report.ts";

interface Props {
  video: Video;
  /** With the playback that `onPlayback` last received. */
  opened: OpenVideo;
  /** Set while the player is mounted. */
  keeper: RefObject<PlaybackTokenKeeper>;
  /** Called with each renewed playback: only its URLs are valid. */
  onPlayback: (playback: Playback) => void;
  /** Called with the first frame, or when playback fails. */
  onShown: () => void;
  /** Seconds, from the page's URL; null to resume where the viewer stopped. */
  startAt: number | null;
  autoplay: boolean;
}

/** hls.js in a video element with media-chrome's controls, which read their state from the element. */
export function Player({ video, opened, keeper, onPlayback, onShown, startAt, autoplay }: Props) {
  const { playback } = opened;
  const element = useRef<HTMLVideoElement>(null);
  const controller = useRef<HTMLElement>(null);
  const source = useRef<HlsSource | null>(null);
  const latestOnPlayback = useRef(onPlayback);
  latestOnPlayback.current = onPlayback;
  const latestOnShown = useRef(onShown);
  latestOnShown.current = onShown;
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [isMutedStart, setMutedStart] = useMutedStart(element);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts(
    controller,
    element,
    useCallback(() => setHelpOpen(true), []),
  );

  useWatchReport(video.id, element, keeper);
  useStreamSlot(video.id, keeper);
  // Cleanups run in order: the two hooks above still need the keeper in theirs.
  useEffect(() => () => void (keeper.current = null), [video.id, keeper]);

  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const tokens = (keeper.current ??= new PlaybackTokenKeeper(
      opened.playback,
      (renew) => createPlayback(video.id, undefined, renew),
      (renewed) => keeper.current === tokens && latestOnPlayback.current(renewed),
    ));
    source.current = attachHls(media, {
      keeper: tokens,
      startAt: attempt > 0 ? media.currentTime : (startAt ?? opened.resumeAt),
      onFailure: (message) => {
        setFailure(message);
        latestOnShown.current();
      },
    });
    if (autoplay) void autoplayMedia(media).then(setMutedStart);
    // The browser fetches captions itself, so after hours of pause their URLs need a new token.
    const freshen = () => void tokens.freshen().catch(() => undefined);
    media.textTracks.addEventListener("change", freshen);
    return () => {
      media.textTracks.removeEventListener("change", freshen);
      source.current?.destroy();
    };
  }, [video.id, attempt]);

  // `t` changes on the same page when a moment or a chapter is clicked.
  const lastStartAt = useRef(startAt);
  useEffect(() => {
    if (startAt === null || startAt === lastStartAt.current || !element.current) return;
    lastStartAt.current = startAt;
    element.current.currentTime = startAt;
    void element.current.play().catch(() => undefined);
  }, [startAt]);

  // While a video is `playable`, its media playlists are EVENT playlists of the finished segments. Once it is `ready`
  // the page opens it again, and the player loads the final playlists, once.
  useEffect(() => {
    if (!keeper.current || playback === keeper.current.current) return;
    keeper.current.adopt(playback);
    source.current?.reload();
  }, [playback]);

  return (
    <div class="player">
      <media-controller
        ref={controller}
        // The page applies the shortcuts (use-shortcuts.ts).
        nohotkeys
      >
        <video
          ref={element}
          slot="media"
          playsInline
          preload="metadata"
          poster={playback.poster ?? video.poster ?? undefined}
          aria-label={video.title}
          onLoadedData={onShown}
        >
          {playback.storyboard && (
            <track
              key="storyboard"
              kind="metadata"
              label="thumbnails"
              src={playback.storyboard}
              default
            />
          )}
          {playback.captions.map((caption) => (
            <track
              key={caption.language}
              kind="captions"
              srcLang={caption.language}
              label={caption.label}
              src={caption.url}
            />
          ))}
        </video>
        {isMutedStart && (
          // media-chrome keeps this while it hides the other controls.
          <media-control-bar slot="top-chrome" noautohide>
            <button
              type="button"
              class="button button-small player-unmute"
              onClick={() => element.current && (element.current.muted = false)}
            >
              Tap to unmute
            </button>
          </media-control-bar>
        )}
        <PlayerControls
          captions={playback.captions.length > 0}
          storyboard={playback.storyboard !== null}
        />
      </media-controller>
      <DoubleTap element={element} />
      {isHelpOpen && <ShortcutsHelp onClose={() => setHelpOpen(false)} />}
      {failure && (
        <div class="player-failure" role="alert">
          <p>{failure}</p>
          <button
            type="button"
            class="button button-signal"
            onClick={() => {
              setFailure(null);
              setAttempt(attempt + 1);
            }}
          >
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
