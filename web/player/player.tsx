import "./media-chrome-elements.ts";
import "./player.css";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Playback } from "../../workers/contract/playback.ts";
import type { Video } from "../../workers/contract/video.ts";
import { createPlayback } from "../api.ts";
import { PlaybackTokenKeeper } from "./playback-token-keeper.ts";
import { attachHls, type HlsSource } from "./hls-source.ts";
import { PlayerControls } from "./player-controls.tsx";
import type { OpenVideo } from "./open-video.ts";
import { usePageShortcuts } from "./use-page-shortcuts.ts";
import { useStreamSlot } from "./use-stream-slot.ts";
import { useWatchReport } from "./use-watch-report.ts";

interface Props {
  video: Video;
  /** With the grant that `onGrant` was last told of. */
  opened: OpenVideo;
  /** Set while the player is there. */
  keeper: RefObject<PlaybackTokenKeeper>;
  /** Called with each further grant, whose addresses are the ones that work. */
  onGrant: (grant: Playback) => void;
  /** Second asked for by the address; else the film goes on where it was left. */
  startAt: number | null;
  autoplay: boolean;
}

/** The player: hls.js in a video element, media-chrome around it. State is read from the element, never guessed. */
export function Player({ video, opened, keeper, onGrant, startAt, autoplay }: Props) {
  const { grant } = opened;
  const element = useRef<HTMLVideoElement>(null);
  const controller = useRef<HTMLElement>(null);
  const source = useRef<HlsSource | null>(null);
  const latestOnGrant = useRef(onGrant);
  latestOnGrant.current = onGrant;
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  usePageShortcuts(controller);

  useWatchReport(video.id, element, keeper);
  useStreamSlot(video.id, keeper);
  // After the two above have told the server with it that they stop.
  useEffect(() => () => void (keeper.current = null), [video.id, keeper]);

  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const grants = (keeper.current ??= new PlaybackTokenKeeper(
      opened.grant,
      (renew) => createPlayback(video.id, undefined, renew),
      (grant) => keeper.current === grants && latestOnGrant.current(grant),
    ));
    source.current = attachHls(media, {
      keeper: grants,
      startAt: attempt > 0 ? media.currentTime : (startAt ?? opened.resumeAt),
      onFailure: setFailure,
    });
    if (autoplay) void media.play().catch(() => undefined);
    // Captions are fetched by the browser: those of a film that paused for hours need a new address.
    const freshen = () => void grants.freshen().catch(() => undefined);
    media.textTracks.addEventListener("change", freshen);
    return () => {
      media.textTracks.removeEventListener("change", freshen);
      source.current?.destroy();
    };
  }, [video.id, attempt]);

  // `t` may change on the same page: a moment or a chapter was clicked.
  const shown = useRef(startAt);
  useEffect(() => {
    if (startAt === null || startAt === shown.current || !element.current) return;
    shown.current = startAt;
    element.current.currentTime = startAt;
    void element.current.play().catch(() => undefined);
  }, [startAt]);

  // While `playable` the lists are EVENT playlists of what is ready. Once `ready` the page opens the film
  // again, and the final lists are loaded, once.
  useEffect(() => {
    if (!keeper.current || grant === keeper.current.current) return;
    keeper.current.adopt(grant);
    source.current?.reload();
  }, [grant]);

  return (
    <div class="player">
      <media-controller
        ref={controller}
        keyboardforwardseekoffset="10"
        keyboardbackwardseekoffset="10"
      >
        <video
          ref={element}
          slot="media"
          playsInline
          preload="metadata"
          poster={grant.poster ?? video.poster ?? undefined}
          aria-label={video.title}
        >
          {grant.storyboard && (
            <track
              key="storyboard"
              kind="metadata"
              label="thumbnails"
              src={grant.storyboard}
              default
            />
          )}
          {grant.captions.map((caption) => (
            <track
              key={caption.language}
              kind="captions"
              srcLang={caption.language}
              label={caption.label}
              src={caption.url}
            />
          ))}
        </video>
        <PlayerControls
          captions={grant.captions.length > 0}
          storyboard={grant.storyboard !== null}
        />
      </media-controller>
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
