import type { Video } from "../../workers/contract/videos.ts";
import { CreatorLink, titleOf } from "../components/creator-link.tsx";
import { useFittingWords } from "../components/fitting-words.ts";
import { Icon } from "../components/icon.tsx";
import { HERO_SIZES } from "../poster-sources.ts";
import { Poster } from "../components/video-card.tsx";
import { t } from "../i18n/translate.ts";
import { runningTime } from "../format.ts";
import { shownCategory } from "../site-offers.ts";

/** Longer titles get a smaller font. If a word still does not fit, `useFittingWords` makes it fit. */
function titleSize(title: string): "small" | "medium" | "large" {
  const longestWord = Math.max(...title.split(/\s+/).map((word) => word.length));
  if (title.length > 60 || longestWord > 11) return "small";
  return title.length > 26 || longestWord > 7 ? "medium" : "large";
}

/** The video at the top of the home page. */
export function Hero({ video }: { video: Video }) {
  const title = titleOf(video);
  const heading = useFittingWords(title);
  return (
    <section class="hero" aria-labelledby="hero-title">
      <div class="hero-text">
        <p class="label">{t("home.featured")}</p>
        <h1
          ref={heading}
          id="hero-title"
          class={`hero-title hero-title-${titleSize(title)}`}
          dir="auto"
        >
          {title}
        </h1>
        <p class="hero-facts">
          <span>
            <CreatorLink video={video} />
          </span>
          <span>{shownCategory(video.category)}</span>
          {video.duration !== null && <span>{runningTime(video.duration)}</span>}
        </p>
        <a class="button button-dark" href={`/watch/${video.id}`}>
          <Icon name="play" />
          {t("video.watch")}
        </a>
      </div>
      <a class="hero-poster" href={`/watch/${video.id}`} tabIndex={-1} aria-hidden="true">
        <Poster video={video} eager sizes={HERO_SIZES} />
      </a>
    </section>
  );
}
