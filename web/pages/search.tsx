import "./search.css";
import { useLocation } from "preact-iso";
import { useRef, useState } from "preact/hooks";
import type { SearchResult } from "../../workers/contract/search.ts";
import { search, sendPick } from "../api.ts";
import { LoadMore } from "../components/load-more.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { type FirstResults, takeSearch } from "../early-search.ts";
import { SearchBox } from "../components/search-box.tsx";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { entryKey, recall, remember } from "../page-memory.ts";
import { rememberSearch } from "../recent-searches.ts";
import { account } from "../session.ts";
import { pause, useLoad } from "../use-load.ts";
import { SearchFilters } from "./search-filters.tsx";
import {
  type SearchParams,
  activeFilters,
  apiQuery,
  readSearchParams,
  searchAddress,
} from "../search-params.ts";
import { searchTitle } from "../search-title.ts";
import { siteOffers } from "../site-offers.ts";
import { SearchHit } from "./search-hit.tsx";
import { rich, t } from "../i18n/translate.ts";

const SEARCH_DELAY_MS = 90;

/** Name of the later pages in the memory of a history entry. */
const MORE_PAGES = "more pages";

interface MorePages {
  /** The first page that these follow. */
  after: SearchResult;
  pages: SearchResult[];
}

/** Search with results while typing. The state is in the address, so that every search can be shared and undone. */
export function Search() {
  const { query, route } = useLocation();
  const params = readSearchParams(query);
  const address = searchAddress(params);

  /** Whether more keystrokes may follow soon: opening the page and changing a filter load without a delay. */
  const isTyping = useRef(false);
  const first = useLoad(
    async (signal): Promise<FirstResults> => {
      if (isTyping.current) await pause(SEARCH_DELAY_MS, signal);
      isTyping.current = false;
      const request = apiQuery(params, Date.now());
      return { request, page: await takeSearch(request, signal) };
    },
    [address, account.value?.id],
    "search",
  );
  const firstPage = first.data?.page;
  const creator = firstPage?.facets.creator.find(({ value }) => value === params.creator);
  const isTitleKnown = !params.creator || firstPage !== undefined;
  usePageTitle(
    isTitleKnown ? searchTitle(params, creator?.name, t, siteOffers.value?.categories ?? []) : null,
  );
  const [more, setMore] = useState<MorePages | null>(null);
  const remembered = recall<MorePages>(entryKey(), MORE_PAGES);
  const pages = [more, remembered].find((known) => known?.after === firstPage)?.pages ?? [];
  const results = firstPage ? [firstPage, ...pages] : [];
  const cursor = results.at(-1)?.nextCursor;
  const items = results.flatMap((page) => page.items);

  function setParams(change: Partial<SearchParams>, replace = false): void {
    route(searchAddress({ ...params, ...change }), replace);
  }
  function onType(q: string): void {
    isTyping.current = true;
    setParams({ q }, true);
  }
  async function loadMore(): Promise<void> {
    if (!cursor || !first.data) return;
    // The query of the first page, even if a new day has begun: a cursor is valid for its own query only.
    const { request, page: after } = first.data;
    const page = await search({ ...request, cursor });
    const known = { after, pages: [...pages, page] };
    remember(entryKey(), MORE_PAGES, known);
    setMore(known);
  }

  return (
    <div class="page search-page">
      <h1 class="visually-hidden">{t("search.title")}</h1>
      <SearchBox value={params.q} autoFocus={!params.q} onInput={onType} />
      <p class="search-total label" role="status">
        {first.error ? "" : firstPage ? totalText(firstPage, params) : t("search.searching")}
      </p>
      <SearchFilters params={params} facets={firstPage?.facets} onChange={setParams} />
      {firstPage?.didYouMean && (
        <p class="notice">
          {rich("search.corrected", {
            correction: firstPage.didYouMean,
            query: params.q,
            b: (chunks) => <strong dir="auto">{chunks}</strong>,
          })}
        </p>
      )}
      <h2 class="visually-hidden" id="results">
        {t("search.results")}
      </h2>
      {first.error ? (
        <ErrorState heading="h2" error={first.error} onRetry={first.reload} />
      ) : !firstPage ? (
        <SkeletonCards count={8} />
      ) : items.length === 0 ? (
        <NoResults params={params} onClear={() => route(searchAddress({ q: params.q }))} />
      ) : (
        <ol class="hits" aria-labelledby="results" aria-busy={first.loading}>
          {items.map((item, index) => (
            <li key={item.video.id}>
              <SearchHit
                {...item}
                isFirst={index === 0}
                onOpen={() => notePick(params.q, item.video.id)}
              />
            </li>
          ))}
        </ol>
      )}
      {cursor && <LoadMore key={address} next={cursor} onLoad={loadMore} />}
    </div>
  );
}

/** A search that led to a video was successful: it is offered again here and counts towards the popular ones. */
function notePick(q: string, videoId: string): void {
  if (!q) return;
  rememberSearch(q);
  sendPick(q, videoId);
}

function totalText({ total }: SearchResult, params: SearchParams): string {
  const { value: count, relation } = total;
  const { q: query } = params;
  if (relation === "gte")
    return query ? t("search.atLeastFor", { count, query }) : t("search.atLeast", { count });
  return query ? t("search.totalFor", { count, query }) : t("search.total", { count });
}

function NoResults({ params, onClear }: { params: SearchParams; onClear: () => void }) {
  const filters = activeFilters(params);
  return (
    <EmptyState
      title={t("search.none")}
      heading="h2"
      action={
        filters > 0 && (
          <button type="button" class="button" onClick={onClear}>
            {t("search.clearFilters", { count: filters })}
          </button>
        )
      }
    >
      {filters > 0 ? t("search.noneWithFilters") : t("search.noneText")}
    </EmptyState>
  );
}
