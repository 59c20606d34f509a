import "./collection.css";
import { useLocation, useRoute } from "preact-iso";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { tagAddress } from "../addresses.ts";
import { search } from "../api.ts";
import { useFittingWords } from "../components/fitting-words.ts";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState } from "../components/states.tsx";
import { VideoGrid } from "../components/video-grid.tsx";
import { t } from "../i18n/translate.ts";
import { SortTabs, sortOf } from "./sort-tabs.tsx";

/** All videos with one tag. */
export function Tag() {
  const { params } = useRoute();
  const tag = params["tag"] ?? "";
  return isBlank(tag) ? <NotFound /> : <TagPage tag={tag} />;
}

function TagPage({ tag }: { tag: string }) {
  const { query } = useLocation();
  const sort = sortOf(query);
  usePageTitle(`#${tag}`);
  const heading = useFittingWords(tag);
  return (
    <>
      <header class="cover">
        <p class="label">{t("search.tag")}</p>
        <h1 class="cover-title" dir="auto" ref={heading}>
          {tag}
        </h1>
      </header>
      <div class="collection">
        <SortTabs path={tagAddress(tag)} current={sort} />
        <VideoGrid
          of={`${tag} ${sort}`}
          load={async (cursor, signal) => {
            const found = await search({ tag, sort, ...(cursor && { cursor }) }, signal);
            return { ...found, items: found.items.map(({ video }) => video) };
          }}
          empty={
            <EmptyState
              title={t("search.none")}
              heading="h2"
              action={
                <a class="button" href={`/search?q=${encodeURIComponent(tag)}`}>
                  {t("browse.searchWords")}
                </a>
              }
            >
              {t("browse.emptyTag")}
            </EmptyState>
          }
        />
      </div>
    </>
  );
}
