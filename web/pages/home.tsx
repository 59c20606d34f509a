import "./home.css";
import type { Feed } from "../../workers/contract/search.ts";
import { categoryAddress } from "../addresses.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { getSignInOptions, removeFromHistory } from "../api.ts";
import { titleOf } from "../components/creator-link.tsx";
import { FormError } from "../components/form-error.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { VideoRow } from "../components/video-row.tsx";
import { takeFeed } from "../early-feed.ts";
import { searchAddress } from "../search-params.ts";
import { account, canCreate } from "../session.ts";
import { shownCategory } from "../site-offers.ts";
import { useLoad } from "../use-load.ts";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { Hero } from "./hero.tsx";

/** The page with all videos of a row; none for a personal row. */
function pageOfRow(id: string): string | undefined {
  if (id === "because") return undefined;
  if (id === "continue") return "/history";
  if (id === "popular" || id === "new")
    return searchAddress({ sort: id === "new" ? "newest" : "popular" });
  return categoryAddress(id);
}

/** The home page: one featured video, then the feed row by row. */
export function Home() {
  usePageTitle(undefined);
  const feed = useLoad(takeFeed, [account.value?.id], "feed");
  if (feed.error) {
    return (
      <div class="page">
        <ErrorState error={feed.error} onRetry={feed.reload} />
      </div>
    );
  }
  if (!feed.data) return <HomeSkeleton />;
  const { data } = feed;
  const { hero, watched } = data;
  const rows = data.rows.filter((row) => row.items.length > 0);
  if (!hero && rows.length === 0) return <EmptyFeed />;
  function remove(videoId: string): void {
    const left = data.rows.map((row) =>
      row.id === "continue" ? { ...row, items: row.items.filter(({ id }) => id !== videoId) } : row,
    );
    feed.set({ ...data, rows: left });
    // The focused element has been removed.
    document.querySelector<HTMLElement>("#row-continue, main")?.focus();
  }
  return (
    <>
      {hero ? <Hero video={hero} /> : <h1 class="visually-hidden">{t("history.videos")}</h1>}
      {rows.map((row, index) => (
        <VideoRow
          key={row.id}
          id={row.id}
          number={index + 1}
          title={rowTitle(row)}
          videos={row.items}
          seeAll={pageOfRow(row.id)}
          {...(row.id === "continue" && {
            watched,
            action: (video) => <RemoveButton video={video} onRemoved={() => remove(video.id)} />,
          })}
        />
      ))}
    </>
  );
}

/** The row's title in the page's language, if this build knows the row. */
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
      const name = shownCategory(id);
      return name === id ? title : name;
    }
  }
}

/** Removes a video from "Continue watching" and from the history. */
function RemoveButton({ video, onRemoved }: { video: Video; onRemoved: () => void }) {
  const { run, busy, error } = useSubmit(async () => {
    await removeFromHistory(video.id);
    onRemoved();
  });
  return (
    <>
      <button
        type="button"
        class="link-button row-remove"
        aria-label={t("home.removeFrom", { title: titleOf(video) })}
        disabled={busy}
        onClick={() => run()}
      >
        {t("common.remove")}
      </button>
      <FormError error={error} />
    </>
  );
}

/** Shown before the first video: creators get a link to upload one, visitors a link to sign up if that is possible. */
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

/** As tall as the final content: the hero fills most of the first screen. */
function HomeSkeleton() {
  return (
    <div role="status" aria-busy="true" aria-label={t("home.loading")}>
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
