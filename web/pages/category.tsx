import "./collection.css";
import { useLocation, useRoute } from "preact-iso";
import { useLayoutEffect, useRef } from "preact/hooks";
import { categoryAddress } from "../addresses.ts";
import { listVideos } from "../api.ts";
import { useFittingWords } from "../components/fitting-words.ts";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { VideoGrid } from "../components/video-grid.tsx";
import { t } from "../i18n/translate.ts";
import { loadSite } from "../load-site.ts";
import { isKnownCategory, offeredCategories } from "../offered-places.ts";
import { shownCategory } from "../site-offers.ts";
import { useLoad } from "../use-load.ts";
import { SortTabs, sortOf } from "./sort-tabs.tsx";

/** All videos of one category, with links to the others. */
export function Category() {
  const { params } = useRoute();
  const slug = params["slug"] ?? "";
  const isKnown = isKnownCategory(slug);
  if (isKnown === undefined) return <UnsettledCategory />;
  return isKnown ? <CategoryPage slug={slug} /> : <NotFound />;
}

/** A category that may be one of the site's own: until its settings are loaded, nothing says that it exists. */
function UnsettledCategory() {
  const { error, reload } = useLoad(() => loadSite(), []);
  return (
    <div class="page">
      {error ? <ErrorState error={error} onRetry={reload} /> : <SkeletonCards count={8} />}
    </div>
  );
}

function CategoryPage({ slug }: { slug: string }) {
  const name = shownCategory(slug);
  const { query } = useLocation();
  const sort = sortOf(query);
  usePageTitle(name);
  const heading = useFittingWords(name);
  const line = useRef<HTMLUListElement>(null);
  // On a phone the row of categories scrolls, and this one is centred.
  useLayoutEffect(() => {
    const chip = line.current?.querySelector("[aria-current]");
    if (!line.current || !chip) return;
    const [box, own] = [line.current.getBoundingClientRect(), chip.getBoundingClientRect()];
    const left = own.left + own.width / 2 - box.left - box.width / 2;
    line.current.scrollBy({ left, behavior: "instant" });
  }, [slug]);
  return (
    <>
      <header class="cover">
        <p class="label">{t("search.category")}</p>
        <h1 class="cover-title" ref={heading}>
          {name}
        </h1>
        <nav aria-label={t("browse.categories")}>
          <ul class="chips chips-line" ref={line}>
            {offeredCategories(slug).map((other) => (
              <li key={other}>
                <a href={categoryAddress(other)} aria-current={other === slug ? "page" : undefined}>
                  {shownCategory(other)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <div class="collection">
        <SortTabs path={categoryAddress(slug)} current={sort} />
        <VideoGrid
          of={`${slug} ${sort}`}
          load={(cursor, signal) => listVideos({ category: slug, sort, cursor }, signal)}
          empty={
            <EmptyState
              title={t("home.empty")}
              heading="h2"
              action={
                <a class="button" href="/">
                  {t("common.browse")}
                </a>
              }
            >
              {t("browse.emptyCategory")}
            </EmptyState>
          }
        />
      </div>
    </>
  );
}
