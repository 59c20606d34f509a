import "./video-row.css";
import type { ComponentChildren } from "preact";
import type { Video } from "../../workers/contract/videos.ts";
import { t } from "../i18n/translate.ts";
import { Icon } from "./icon.tsx";
import { useRowArrows } from "./row-arrows.ts";
import { VideoCard } from "./video-card.tsx";

interface Props {
  id: string;
  /** Shown before the title. */
  number: number;
  title: string;
  videos: readonly Video[];
  /** The page with all of them. */
  seeAll?: string | undefined;
  /** How much of a video the viewer has watched, 0 to 1, by its id. */
  watched?: Readonly<Record<string, number>>;
  /** More below a card. */
  action?: (video: Video) => ComponentChildren;
}

/** A titled row of videos that scrolls sideways. */
export function VideoRow({ id, number, title, videos, seeAll, watched, action }: Props) {
  const { scroller, canMove, move } = useRowArrows(videos.length);
  const heading = `row-${id}`;
  return (
    <section class="row" aria-labelledby={heading}>
      <header class="row-head">
        <span class="row-number" aria-hidden="true">
          {String(number).padStart(2, "0")}
        </span>
        <h2 id={heading} dir="auto" tabIndex={-1}>
          {title}
        </h2>
        {seeAll && (
          <a class="row-all" href={seeAll} aria-label={t("row.allOf", { title })}>
            {t("row.all")}
          </a>
        )}
        <div class={`row-arrows ${canMove.back || canMove.forward ? "" : "row-arrows-idle"}`}>
          <button
            type="button"
            class="button button-small"
            aria-label={t("row.previous", { title })}
            disabled={!canMove.back}
            onClick={() => move(-1)}
          >
            <Icon name="back" size={18} />
          </button>
          <button
            type="button"
            class="button button-small"
            aria-label={t("row.more", { title })}
            disabled={!canMove.forward}
            onClick={() => move(1)}
          >
            <Icon name="arrow" size={18} />
          </button>
        </div>
      </header>
      <ul class="row-videos" data-scroll={heading} ref={scroller}>
        {videos.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} {...(watched && { watched: watched[video.id] ?? 0 })}>
              {action?.(video)}
            </VideoCard>
          </li>
        ))}
      </ul>
    </section>
  );
}
