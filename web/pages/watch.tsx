import "../player/stage/stage.css";
import "./watch.css";
import "./watch-details.css";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useState } from "preact/hooks";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { categoryAddress, creatorAddress, tagAddress } from "../addresses.ts";
import { listRelated } from "../api.ts";
import { creatorNameOf, titleOf } from "../components/creator-link.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ErrorState, SkeletonCards } from "../components/states.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { dayOf, languageName, listOf, ratingText, runningTime, wholeNumber } from "../format.ts";
import { shownCategory } from "../site-offers.ts";
import { isLocked, LockedVideo } from "../player/locked/locked.ts";
import { PlayerOrStatus } from "../player/stage/player-or-status.tsx";
import { type PlayableVideo, usePlayableVideo } from "../player/stage/use-playable-video.ts";
import { useLoad } from "../use-load.ts";
import { preferences } from "../player/preferences/preferences.ts";
import { ChapterList } from "./chapter-list.tsx";
import { Description } from "./description.tsx";
import { addressIn } from "../library/playlist-names.ts";
import { NextInList, type PlayingList, PlaylistPanel, usePlayingList } from "./playlist-panel.tsx";
import { FeatureButton } from "./feature-button.tsx";
import { Transcript } from "./transcript.tsx";
import { t } from "../i18n/translate.ts";
import { WatchActions } from "./watch-actions.tsx";

interface Props {
  id: string;
  /** The `t` parameter of the page's URL. */
  t: string | undefined;
  /** The playlist of the page's URL; for a player in the corner, that of the page that the viewer left. */
  list: string | undefined;
  /** Whether the viewer is on another page, so that only the player is shown, in a corner. */
  isMini: boolean;
  /** Closes the player in the corner. */
  onClose: () => void;
}

/** One video: the player, its details, downloads and related videos. */
export function Watch({ id, t: time, list: listId, isMini, onClose }: Props) {
  const playable = usePlayableVideo(id);
  const { video, opened, error, retry, isShown } = playable;
  const { route } = useLocation();
  const [related, setRelated] = useState<Video[]>([]);
  const playing = usePlayingList(id, listId ?? video?.seriesId, isShown || Boolean(listId));
  const list = playing === "pending" ? null : playing;
  const following = list?.next?.video ?? related.find((other) => other.id !== id);
  const inList = list?.next && list.playlist.id;
  const next = useMemo(
    () =>
      following && {
        video: following,
        open: () => route(inList ? addressIn(inList, following.id) : `/watch/${following.id}`),
      },
    [following, inList],
  );
  const previousAddress = list?.previous && addressIn(list.playlist.id, list.previous.video.id);
  const openPrevious = useMemo(
    () => (previousAddress ? () => route(previousAddress) : undefined),
    [previousAddress],
  );
  usePageTitle(isMini ? null : error ? t("watch.unavailable") : video ? titleOf(video) : null);

  if (isMini && !opened) return null;
  if (error) {
    return (
      <div class="page">
        {isLocked(error) ? (
          <LockedVideo key={id} id={id} error={error} onUnlocked={retry} />
        ) : (
          <ErrorState error={error} onRetry={retry} />
        )}
      </div>
    );
  }
  if (!video)
    return (
      <div class="watch">
        <div class="stage" role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />
      </div>
    );
  const playback = opened?.playback;
  return (
    <article class={isMini ? "watch-mini" : classOfPage()} aria-label={titleOf(video)}>
      <div class="stage">
        <PlayerOrStatus
          playable={playable}
          t={time}
          autoplay
          next={isMini ? undefined : next}
          openPrevious={isMini ? undefined : openPrevious}
          theatre={!isMini}
        />
      </div>
      {isMini && <MiniBar video={video} list={listId} onClose={onClose} />}
      {!isMini && (
        <>
          <div class="watch-main">
            <Details video={video} playable={playable} list={playing} />
          </div>
          <aside class="watch-side">
            {list && <PlaylistPanel list={list} videoId={id} />}
            {playback && playback.chapters.length > 0 && (
              <ChapterList chapters={playback.chapters} />
            )}
            {isShown && playback && playback.captions.length > 0 && (
              <Transcript key={video.id} languages={playback.captions} />
            )}
            {/* They are below the playlist, which would push them down. */}
            {isShown && (
              <div hidden={playing === "pending"}>
                <RelatedVideos video={video} onLoaded={setRelated} />
              </div>
            )}
          </aside>
        </>
      )}
    </article>
  );
}

const classOfPage = () => `watch ${preferences.value.theatre ? "watch-theatre" : ""}`;

/** Below the player in the corner: a link back to its page, and a button to close it. */
function MiniBar(props: { video: Video; list: string | undefined; onClose: () => void }) {
  const { video, list, onClose } = props;
  return (
    <p class="mini-bar">
      <a href={list ? addressIn(list, video.id) : `/watch/${video.id}`} dir="auto">
        {titleOf(video)}
      </a>
      <button
        type="button"
        class="button-plain"
        aria-label={t("watch.closePlayer")}
        title={t("watch.closePlayer")}
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </p>
  );
}

interface DetailsProps {
  video: Video;
  playable: PlayableVideo;
  list: PlayingList | null | "pending";
}

function Details({ video, playable, list }: DetailsProps) {
  const facts: { name: string; value: string; href?: string }[] = [
    {
      name: t("watch.category"),
      value: shownCategory(video.category),
      href: categoryAddress(video.category),
    },
    {
      name: t("watch.duration"),
      value: video.duration === null ? t("watch.unknown") : runningTime(video.duration),
    },
    { name: t("watch.published"), value: dayOf(video.publishedAt ?? video.createdAt) },
    { name: t("watch.views"), value: wholeNumber(video.views) },
  ];
  if (video.maturityRating)
    facts.push({ name: t("rating.label"), value: ratingText(video.maturityRating) });
  if (video.language)
    facts.push({ name: t("watch.language"), value: languageName(video.language) });
  if (video.captionLanguages.length > 0)
    facts.push({
      name: t("watch.captions"),
      value: listOf(video.captionLanguages.map(languageName)),
    });
  if (video.height)
    facts.push({
      name: t("watch.resolution"),
      value: `${video.width} × ${video.height}${video.hdr ? ", HDR" : ""}`,
    });
  const [people, tags] = [video.people, video.tags].map((names) =>
    names.filter((name) => !isBlank(name)),
  ) as [string[], string[]];
  return (
    <>
      <h1 class="watch-title" dir="auto">
        {titleOf(video)}
      </h1>
      <WatchActions key={video.id} video={video} playable={playable} />
      <div class="form-actions">
        <a class="watch-creator" href={creatorAddress(video.creator.id)} dir="auto">
          {creatorNameOf(video)}
        </a>
        <FollowButton creatorId={video.creator.id} name={creatorNameOf(video)} />
        {video.visibility === "public" && <FeatureButton videoId={video.id} />}
      </div>
      {list && <NextInList list={list} />}
      {video.state === "playable" && (
        <p class="notice" role="status">
          {video.progress === null
            ? t("watch.growing")
            : t("watch.growingPercent", { percent: Math.floor(video.progress * 100) })}
        </p>
      )}
      <dl class="facts">
        {facts.map(({ name, value, href }) => (
          <div key={name}>
            <dt class="label soft">{name}</dt>
            <dd dir="auto">{href ? <a href={href}>{value}</a> : value}</dd>
          </div>
        ))}
      </dl>
      {!isBlank(video.description) && (
        <Description key={video.id} text={video.description} duration={video.duration} />
      )}
      {people.length > 0 && (
        <p class="watch-people">
          <span class="label soft">{t("watch.people")}</span>{" "}
          {people.map((name, index) => (
            <span key={name}>
              {index > 0 && ", "}
              <a href={`/search?q=${encodeURIComponent(`"${name}"`)}`} dir="auto">
                {name}
              </a>
            </span>
          ))}
        </p>
      )}
      {tags.length > 0 && (
        <ul class="tags" aria-label={t("watch.tags")}>
          {tags.map((tag) => (
            <li key={tag}>
              <a href={tagAddress(tag)} dir="auto">
                {tag}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function RelatedVideos(props: { video: Video; onLoaded: (related: Video[]) => void }) {
  const { video, onLoaded } = props;
  const related = useLoad((signal) => listRelated(video.id, signal), [video.id], "related");
  useEffect(() => onLoaded(related.data ?? []), [related.data]);
  if (related.loading && !related.data) return <SkeletonCards count={3} />;
  if (!related.data?.length) return null;
  return (
    <section aria-labelledby="related">
      <h2 class="section-title" id="related">
        {t("watch.related")}
      </h2>
      <ul class="related">
        {related.data.map((other) => (
          <li key={other.id}>
            <VideoCard video={other} isBeside />
          </li>
        ))}
      </ul>
    </section>
  );
}
