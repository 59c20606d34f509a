import "./media-chrome-elements.ts";
import "./player.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Playback } from "../../workers/contract/playback.ts";
import type { Video } from "../../workers/contract/video.ts";
import { grantPlayback } from "../api.ts";
import { GrantKeeper } from "./grant-keeper.ts";
import { attachHls, type HlsSource } from "./hls-source.ts";
import { PlayerControls } from "./player-controls.tsx";
import { remember, resumeAt } from "./resume.ts";
import { usePageShortcuts } from "./use-page-shortcuts.ts";

interface Props {
  video: Video;
  grant: Playback;
  /** Second asked for by the address; else where this browser stopped. */
  startAt: number | null;
  autoplay: boolean;
}

/** The player: hls.js in a video element, media-chrome around it. State is read from the element, never guessed. */
export function Player({ video, grant, startAt, autoplay }: Props) {
  const element = useRef<HTMLVideoElement>(null);
  const controller = useRef<HTMLElement>(null);
  const source = useRef<HlsSource | null>(null);
  const keeper = useRef<GrantKeeper | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  usePageShortcuts(controller);

  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const grants = new GrantKeeper(grant, () => grantPlayback(video.id));
    keeper.current = grants;
    source.current = attachHls(media, {
      keeper: grants,
      startAt: attempt > 0 ? media.currentTime : (startAt ?? resumeAt(video.id)),
      onFailure: setFailure,
    });
    if (autoplay) void media.play().catch(() => undefined);
    return () => source.current?.destroy();
  }, [video.id, attempt]);

  // `t` may change on the same page: a moment or a chapter was clicked.
  const shown = useRef(startAt);
  useEffect(() => {
    if (startAt === null || startAt === shown.current || !element.current) return;
    shown.current = startAt;
    element.current.currentTime = startAt;
    void element.current.play().catch(() => undefined);
  }, [startAt]);

  // While `playable` the lists are EVENT playlists of what is ready; the final ones are loaded once.
  const early = useRef(video.state === "playable");
  useEffect(() => {
    if (!early.current || video.state !== "ready") return;
    early.current = false;
    void keeper.current?.renew().then(() => source.current?.reload());
  }, [video.state]);

  const keepPosition = () => {
    const media = element.current;
    if (media && Number.isFinite(media.duration))
      remember(video.id, media.currentTime, media.duration);
  };
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
          onPause={keepPosition}
          onSeeked={keepPosition}
          onEnded={keepPosition}
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
