import "./home.css";
import type { Feed } from "../../workers/contract/search.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { getFeed, getSignInOptions } from "../api.ts";
import { creatorNameOf, titleOf } from "../components/creator-link.tsx";
import { useFittingWords } from "../components/fitting-words.ts";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { Poster, VideoCard } from "../components/video-card.tsx";
import { categoryName, runningTime } from "../format.ts";
import { account, canCreate } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { t } from "../i18n/translate.ts";

/** The home page: one featured video, then the feed row by row. */
export function Home() {
  usePageTitle(undefined);
  const feed = useLoad((signal) => getFeed(signal), [account.value?.id], "feed");
  const rows = feed.data?.rows.filter((row) => row.items.length > 0) ?? [];
  const featured = rows[0]?.items[0];

  if (feed.error) {
    return (
      <div class="page">
        <ErrorState error={feed.error} onRetry={feed.reload} />
      </div>
    );
  }
  if (!feed.data) return <HomeSkeleton />;
  if (!featured) return <EmptyFeed />;
  return (
    <>
      <Hero video={featured} />
      {rows.map((row, index) => (
        <Row key={row.id} number={index + 1} title={rowTitle(row)} videos={row.items} />
      ))}
    </>
  );
}

/** In the page's language, where the row is one that this build knows. */
function rowTitle({ id, title }: Feed["rows"][number]): string {
  switch (id) {
    case "popular":
      return t("home.popular");
    case "new":
      return t("home.new");
    case "continue":
      return t("home.continue");
    case "because":
      return t("home.because", { title: title.replace(/^Because you watched /, "") });
    default: {
      const name = categoryName(id);
      return name === id ? title : name;
    }
  }
}

/** Before the first video: creators get a link to upload one, visitors a link to sign up where that is possible. */
function EmptyFeed() {
  const options = useLoad(getSignInOptions, []);
  const maySignUp = account.value === null && options.data?.signUp;
  const [href, label] = canCreate.value
    ? ["/upload", t("home.upload")]
    : ["/sign-up", t("common.signUp")];
  return (
    <div class="page">
      <EmptyState
        title={t("home.empty")}
        action={
          (canCreate.value || maySignUp) && (
            <a class="button button-signal" href={href}>
              {label}
            </a>
          )
        }
      >
        {t("home.emptyText")}
      </EmptyState>
    </div>
  );
}

/** Longer titles get a smaller font. Where a word still does not fit, `useFittingWords` makes it fit. */
function titleSize(title: string): "small" | "medium" | "large" {
  const longestWord = Math.max(...title.split(/\s+/).map((word) => word.length));
  if (title.length > 60 || longestWord > 11) return "small";
  return title.length > 26 || longestWord > 7 ? "medium" : "large";
}

function Hero({ video }: { video: Video }) {
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
          <span dir="auto">{creatorNameOf(video)}</span>
          <span>{categoryName(video.category)}</span>
          {video.duration !== null && <span>{runningTime(video.duration)}</span>}
        </p>
        <a class="button hero-button" href={`/watch/${video.id}`}>
          <Icon name="play" />
          {t("video.watch")}
        </a>
      </div>
      <a class="hero-poster" href={`/watch/${video.id}`} tabIndex={-1} aria-hidden="true">
        <Poster video={video} eager />
      </a>
    </section>
  );
}

function Row({ number, title, videos }: { number: number; title: string; videos: Video[] }) {
  const id = `row-${number}`;
  return (
    <section class="row" aria-labelledby={id}>
      <header class="row-head">
        <span class="row-number" aria-hidden="true">
          {String(number).padStart(2, "0")}
        </span>
        <h2 id={id}>{title}</h2>
      </header>
      <ul class="row-videos" data-scroll={id}>
        {videos.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function HomeSkeleton() {
  return (
    <div aria-busy="true" aria-label={t("home.loading")}>
      <div class="hero hero-loading" />
      {[1, 2].map((row) => (
        <div class="row" key={row}>
          <div class="row-head">
            <div class="skeleton skeleton-line" style={{ width: "8rem" }} />
          </div>
          <div class="row-videos">
            {[1, 2, 3, 4].map((card) => (
              <div key={card}>
                <div class="skeleton skeleton-poster" />
                <div class="skeleton skeleton-line" />
              </div>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
