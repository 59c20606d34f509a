import { effect } from "@preact/signals";
import { useRoute } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { getVideo } from "../api.ts";
import type { ApiError } from "../api-error.ts";
import { titleOf } from "../components/creator-link.tsx";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { clock } from "../format.ts";
import { preloadPlayer } from "../player/stage/early-start.ts";
import { obeyParent, reportToParent } from "../player/embed/embed-messages.ts";
import {
  type EmbedLook,
  type EmbedOptions,
  readEmbedLook,
  readEmbedOptions,
} from "../player/embed/embed-options.ts";
import { isLocked, LockedVideo } from "../player/locked/locked.ts";
import { nowPlaying } from "../player/element/now-playing.ts";
import { PlayerOrStatus } from "../player/stage/player-or-status.tsx";
import { usePlayableVideo } from "../player/stage/use-playable-video.ts";
import { posterSources } from "../poster-sources.ts";
import { useLoad } from "../use-load.ts";
import { t } from "../i18n/translate.ts";

/**
 * The player alone, for iframes on other sites. Until it is played there is only a poster with a button, so that a page
 * with many videos stays light and no stream is counted.
 */
export function Embed() {
  const { params, query } = useRoute();
  const id = params["id"] ?? "";
  const options = readEmbedOptions(query);
  const [isStarted, setStarted] = useState(options.autoplay);
  const [look, setLook] = useState(() => readEmbedLook(query));
  useEffect(
    () =>
      obeyParent(
        () => nowPlaying.value,
        () => setStarted(true),
        setLook,
      ),
    [],
  );
  useEffect(
    () =>
      effect(() => {
        const media = nowPlaying.value;
        return media ? applyOptions(media, options) : undefined;
      }),
    [],
  );
  return (
    <main class={`embed embed-${look.theme}`} style={styleOf(look)}>
      {isStarted ? (
        <StartedPlayer id={id} options={options} />
      ) : (
        <Cover id={id} onStart={() => setStarted(true)} />
      )}
    </main>
  );
}

/** The second comes with each seek, before the first of the new position. */
const TIME_EVENTS = ["timeupdate", "seeking"];

const styleOf = ({ colour, background }: EmbedLook) => ({
  ...(colour && { "--player-colour": colour }),
  ...(background && { "--player-ground": background }),
});

/** Applies the address's options to the player, except its start. @returns a function that ends it */
function applyOptions(media: HTMLVideoElement, { muted, loop, start, end }: EmbedOptions) {
  if (muted) media.muted = true;
  media.loop = loop;
  const stopReporting = reportToParent(media);
  let lastTime = 0;
  const onTime = () => {
    const { currentTime: time, paused, seeking } = media;
    const isEnd = end !== null && !paused && !seeking && time >= end;
    // Viewers who play on after the end, or seek past it, are not stopped.
    const isReached = isEnd && lastTime < end;
    lastTime = time;
    if (isEnd && loop) media.currentTime = start ?? 0;
    else if (isReached) media.pause();
  };
  for (const name of TIME_EVENTS) media.addEventListener(name, onTime);
  return () => {
    stopReporting();
    for (const name of TIME_EVENTS) media.removeEventListener(name, onTime);
  };
}

function StartedPlayer({ id, options }: { id: string; options: EmbedOptions }) {
  const playable = usePlayableVideo(id);
  const { video, error, retry } = playable;
  usePageTitle(video?.title ?? null);
  if (error) return <Unavailable id={id} error={error} onUnlocked={retry} />;
  return (
    <>
      <h1 class="visually-hidden" dir="auto">
        {video ? titleOf(video) : t("embed.video")}
      </h1>
      <PlayerOrStatus
        playable={playable}
        t={options.start === null ? undefined : String(options.start)}
        hasChapters={options.chapters}
        autoplay
      />
    </>
  );
}

function Cover({ id, onStart }: { id: string; onStart: () => void }) {
  const { data: video, error, reload } = useLoad((signal) => getVideo(id, signal), [id]);
  usePageTitle(video?.title ?? null);
  if (error) return <Unavailable id={id} error={error} onUnlocked={reload} />;
  if (!video) return <div class="embed-cover" aria-busy="true" />;
  return (
    <div class="embed-cover">
      {video.poster && <img {...posterSources(video.poster, "100vw")} alt="" />}
      <h1 class="embed-title" dir="auto">
        {titleOf(video)}
      </h1>
      <button
        type="button"
        class="embed-start"
        aria-label={t("player.play")}
        onPointerEnter={preloadPlayer}
        onFocus={preloadPlayer}
        onClick={onStart}
      >
        <span class="embed-play">
          <Icon name="play" size={40} />
        </span>
      </button>
      {video.duration !== null && <span class="embed-duration">{clock(video.duration)}</span>}
    </div>
  );
}

function Unavailable(props: { id: string; error: ApiError; onUnlocked: () => void }) {
  const { error } = props;
  if (isLocked(error))
    return (
      <div class="embed-locked">
        <LockedVideo {...props} />
      </div>
    );
  return (
    <p class="embed-error" role="alert">
      {error.status === 404 || error.status === 400 ? t("embed.unavailable") : error.message}
    </p>
  );
}
