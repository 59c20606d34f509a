import "./video-card.css";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { clock, dayOf, ratingText, viewCount } from "../format.ts";
import { CreatorLink, titleOf } from "./creator-link.tsx";
import { openSaveDialog } from "../save-dialog-host.tsx";
import { wantsLessMotion } from "../reduced-motion.ts";
import { Icon } from "./icon.tsx";
import { CARD_SIZES, posterSources } from "../poster-sources.ts";
import { ProgressBar } from "./progress-bar.tsx";
import { t } from "../i18n/translate.ts";

interface Props {
  video: Video;
  /** The title with its search matches marked. */
  title?: ComponentChildren;
  /** The viewer's progress, 0 to 1. */
  watched?: number;
  /** Called when the viewer opens the video from this card. */
  onOpen?: () => void;
  /** Whether its poster is the largest content that the page shows first. */
  isFirst?: boolean;
  /** Whether the text is beside the poster rather than below it. */
  isBeside?: boolean;
  children?: ComponentChildren;
}

/** A video in a list: poster with hover preview, title, creator, views and date. */
export function VideoCard(props: Props) {
  const { video, title, watched, onOpen, isFirst = false, isBeside, children } = props;
  return (
    <article class={isBeside ? "card card-beside" : "card"}>
      <a class="card-link" href={`/watch/${video.id}`} onClick={onOpen}>
        <Poster video={video} eager={isFirst} />
        {watched !== undefined && <ProgressBar label={t("video.watched")} ratio={watched} />}
        <h3 class="card-title" dir="auto">
          {isBlank(video.title) ? titleOf(video) : (title ?? video.title)}
        </h3>
      </a>
      <button
        type="button"
        class="card-save"
        aria-label={t("video.save", { title: titleOf(video) })}
        title={t("video.saveTo")}
        onClick={() => openSaveDialog(video)}
      >
        <Icon name="save" />
      </button>
      <p class="card-facts soft">
        <CreatorLink video={video} />
        {video.views > 0 && <span>{viewCount(video.views)}</span>}
        <span>{dayOf(video.publishedAt ?? video.createdAt)}</span>
        {video.maturityRating && video.maturityRating !== "all" && (
          <span class="badge">
            <span aria-hidden="true">{t("rating.short", { age: video.maturityRating })}</span>
            <span class="visually-hidden">{ratingText(video.maturityRating)}</span>
          </span>
        )}
      </p>
      {children}
    </article>
  );
}

interface PosterProps {
  video: Video;
  eager?: boolean;
  /** The width at which it is shown, as `sizes` of an image. */
  sizes?: string;
}

/** The poster with the duration. The animated preview loads only while a mouse points at it. */
export function Poster({ video, eager = false, sizes = CARD_SIZES }: PosterProps) {
  const [active, setActive] = useState(false);
  /** The URL that failed: a new poster has another one. */
  const [broken, setBroken] = useState<string | null>(null);
  const poster = broken === video.poster ? null : video.poster;
  return (
    <span
      class="card-poster"
      onPointerEnter={(event) => setActive(event.pointerType === "mouse")}
      onPointerLeave={() => setActive(false)}
    >
      {poster ? (
        <img
          {...posterSources(poster, sizes)}
          onError={() => setBroken(poster)}
          alt=""
          width={640}
          height={360}
          loading={eager ? "eager" : "lazy"}
          fetchPriority={eager ? "high" : "auto"}
        />
      ) : (
        <span class="card-poster-missing" aria-hidden="true">
          {Array.from(titleOf(video).trim())[0]?.toUpperCase()}
        </span>
      )}
      {active && !wantsLessMotion() && video.preview && (
        <img class="card-preview" src={video.preview} alt="" />
      )}
      {video.duration !== null && <span class="card-duration">{clock(video.duration)}</span>}
      {video.state === "playable" && (
        <span class="badge badge-signal card-state">{t("video.processing")}</span>
      )}
    </span>
  );
}
