// The controller looks for lists of tracks when it finds its video, and hls.js fills them.
import "media-tracks/polyfill";
import "./player.css";
import "../controls/player-controls.css";
import "../overlays/player-overlays.css";
import "../captions/captions.css";
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Playback } from "../../../workers/contract/playback.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { createPlayback } from "../../api.ts";
import { fittingPoster } from "../../poster-sources.ts";
import { autoplayMedia, useMutedStart } from "../element/autoplay.ts";
import { DoubleTap } from "../input/double-tap.tsx";
import { EndScreen, type NextVideo } from "../overlays/end-screen.tsx";
import { Feedback } from "../overlays/feedback.tsx";
import { JumpButtons } from "../overlays/jump-buttons.tsx";
import { tryToPlay } from "../element/media-element.ts";
import { attachMedia, type AttachedSource } from "../stream/media-source.ts";
import { nowPlaying } from "../element/now-playing.ts";
import { PlaybackTokenKeeper } from "../stream/playback-token-keeper.ts";
import { PlayerControls } from "../controls/player-controls.tsx";
import { PlayerFailure } from "../overlays/player-failure.tsx";
import type { OpenVideo } from "../opening/open-video.ts";
import { preferences } from "../preferences/preferences.ts";
import { useCast } from "../cast/use-cast.ts";
import { useChapterTrack } from "../chapters/use-chapters.ts";
import { useControls } from "../controls/use-controls.ts";
import { useMenus } from "../controls/use-menus.ts";
import { useMediaSession } from "../input/use-media-session.ts";
import { useOrientation } from "../element/use-orientation.ts";
import { useQuality } from "../reports/use-quality.ts";
import { useRemembered } from "../controls/use-remembered.ts";
import { useShortcuts } from "../input/use-shortcuts.ts";
import { useSwipe } from "../input/use-swipe.ts";
import { useStreamSlot } from "../reports/use-stream-slot.ts";
import { useWatchReport } from "../reports/use-watch-report.ts";
import { lazyComponent } from "../../lazy-component.ts";
import { withMessages } from "../../i18n/load-messages.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";

/** Few viewers need these. */
const Statistics = lazyComponent(() =>
  import("../overlays/statistics.tsx").then((module) => module.Statistics),
);
const ShortcutsHelp = lazyComponent(() =>
  withMessages("keys", import("../input/shortcuts-help.tsx")).then(
    (module) => module.ShortcutsHelp,
  ),
);
/** Few videos have any. */
const ForcedCaptions = lazyComponent(() =>
  import("../captions/forced-captions.tsx").then((module) => module.ForcedCaptions),
);

interface Props {
  video: Video;
  /** The video with the playback that `onPlayback` last received. */
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
  /** Opens the next video after the end. */
  next?: NextVideo | undefined;
  /** Opens the video before this one in its playlist. */
  openPrevious?: (() => void) | undefined;
  /** Whether the page has a wide and a narrow layout for the player. */
  theatre?: boolean;
  /** Whether the video's chapters are shown. */
  hasChapters: boolean;
}

const NO_CHAPTERS: Playback["chapters"] = [];

/** hls.js in a video element with media-chrome's controls, which read their state from the element. */
export function Player(props: Props) {
  const { video, opened, keeper, onPlayback, onShown, startAt, autoplay, next, openPrevious } =
    props;
  const { playback } = opened;
  const poster = playback.poster ?? video.poster;
  const fitting = useMemo(() => poster && fittingPoster(poster), [poster]);
  const chapters = props.hasChapters ? playback.chapters : NO_CHAPTERS;
  const element = useRef<HTMLVideoElement>(null);
  const controller = useRef<HTMLElement>(null);
  const source = useRef<AttachedSource | null>(null);
  const latestOnPlayback = useRef(onPlayback);
  latestOnPlayback.current = onPlayback;
  const latestOnShown = useRef(onShown);
  latestOnShown.current = onShown;
  const [failure, setFailure] = useState<PlainKey | null>(null);
  const [attempt, setAttempt] = useState(0);
  /** Seconds at which the last attempt failed; null before it has played. */
  const failedAt = useRef<number | null>(null);
  const [isMutedStart, setMutedStart] = useMutedStart(element);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [hasStatistics, setStatistics] = useState(false);
  /** Seconds from the start that can be played, while the rest is being processed. */
  const [processed, setProcessed] = useState<number | null>(null);
  const [hadCaptions] = useState(preferences.value.captions);
  const [resumedAt] = useState(startAt === null ? opened.resumeAt : 0);
  const { dataSaver, captionSize, captionColour, captionBackground } = preferences.value;
  useShortcuts(controller, element, {
    chapters,
    openNext: next?.open,
    openPrevious,
    showHelp: () => setHelpOpen(true),
  });

  const areControlsDefined = useControls(controller, element);
  const menus = useMenus(controller);
  useRemembered(controller, element);
  useOrientation(controller, element);
  useSwipe(controller, element);
  useChapterTrack(element, chapters, video.duration);
  useMediaSession(video, element, next?.open, openPrevious);
  useEffect(() => source.current?.setDataSaver(dataSaver), [dataSaver]);
  useEffect(() => {
    nowPlaying.value = element.current;
    return () => void (nowPlaying.value = null);
  }, [video.id]);
  useWatchReport(video.id, element, keeper);
  useQuality(video.id, element, keeper, source, failure);
  useStreamSlot(video.id, keeper);
  const castPanel = useCast(video, element, keeper);
  // Cleanups run in order: the hooks above still need the keeper in theirs.
  useEffect(() => () => void (keeper.current = null), [video.id, keeper]);

  // The stream does not wait for the next frame.
  useLayoutEffect(() => {
    const media = element.current;
    if (!media) return;
    const tokens = (keeper.current ??= new PlaybackTokenKeeper(
      opened.playback,
      (renew) => createPlayback(video.id, undefined, renew),
      (renewed) => keeper.current === tokens && latestOnPlayback.current(renewed),
    ));
    const attached = attachMedia(media, {
      keeper: tokens,
      startAt: failedAt.current ?? startAt ?? opened.resumeAt,
      duration: video.state === "playable" ? video.duration : null,
      dataSaver,
      onProcessed: setProcessed,
      onFailure: (message) => {
        // The next attempt empties the element first.
        failedAt.current = media.currentTime || failedAt.current;
        setFailure(message);
        latestOnShown.current();
      },
    });
    source.current = attached;
    if (autoplay || attempt > 0)
      void attached.attached.then(() => autoplayMedia(media)).then(setMutedStart);
    // The browser fetches captions itself, so after hours of pause their URLs need a new token.
    const freshen = () => void tokens.freshen().catch(() => undefined);
    media.textTracks.addEventListener("change", freshen);
    return () => {
      media.textTracks.removeEventListener("change", freshen);
      attached.destroy();
    };
  }, [video.id, attempt]);

  const tryAgain = useCallback(() => {
    setFailure(null);
    setAttempt((count) => count + 1);
  }, []);

  // `t` changes on the same page when a moment or a chapter is clicked.
  const lastStartAt = useRef(startAt);
  useEffect(() => {
    if (startAt === null || startAt === lastStartAt.current || !element.current) return;
    lastStartAt.current = startAt;
    element.current.currentTime = startAt;
    tryToPlay(element.current);
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
        class={`captions-${captionSize} captions-${captionColour} captions-on-${captionBackground}`}
        defaultsubtitles={hadCaptions || undefined}
        // The page applies the shortcuts (use-shortcuts.ts).
        nohotkeys
        // Its store starts later (use-controls.ts).
        nodefaultstore
      >
        <video
          ref={element}
          slot="media"
          playsInline
          preload="metadata"
          poster={fitting ?? undefined}
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
              key={caption.language + caption.kind}
              kind="captions"
              srcLang={caption.language}
              label={caption.label}
              src={caption.url}
            />
          ))}
        </video>
        {playback.captions.some(({ kind }) => kind === "forced") && (
          <ForcedCaptions
            element={element}
            captions={playback.captions}
            language={video.language}
          />
        )}
        {isMutedStart && (
          // media-chrome keeps this while it hides the other controls.
          <media-control-bar slot="top-chrome" noautohide>
            <button
              type="button"
              class="button button-small player-unmute"
              onClick={() => element.current && (element.current.muted = false)}
            >
              {t("player.unmute")}
            </button>
          </media-control-bar>
        )}
        <PlayerControls
          isDefined={areControlsDefined}
          element={element}
          menus={menus}
          captions={playback.captions.length > 0}
          storyboard={playback.storyboard !== null}
          chapters={chapters}
          theatre={props.theatre ?? false}
          statistics={hasStatistics}
          onStatistics={setStatistics}
          processed={processed === null || !video.duration ? 1 : processed / video.duration}
        />
        <JumpButtons element={element} chapters={chapters} resumedAt={resumedAt} />
        <EndScreen element={element} next={next} />
        {hasStatistics && (
          <Statistics
            videoId={video.id}
            element={element}
            source={source}
            onClose={() => setStatistics(false)}
          />
        )}
        <Feedback controller={controller} element={element} />
        {/* In here, so that they are there in full screen too. */}
        <DoubleTap element={element} />
        {castPanel}
        {failure && <PlayerFailure message={failure} onRetry={tryAgain} />}
      </media-controller>
      {isHelpOpen && <ShortcutsHelp onClose={() => setHelpOpen(false)} />}
    </div>
  );
}
