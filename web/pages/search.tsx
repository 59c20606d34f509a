import "./search.css";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchResult } from "../../workers/contract/search.ts";
import { search, sendPick } from "../api.ts";
import { usePageTitle } from "../components/page-title.ts";
import { SearchBox } from "../components/search-box.tsx";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { user } from "../session.ts";
import { pause, useLoad } from "../use-load.ts";
import { SearchFilters } from "./search-filters.tsx";
import {
  type SearchParams,
  activeFilters,
  apiQuery,
  readSearchParams,
  searchAddress,
} from "./search-params.ts";
import { SearchHit } from "./search-hit.tsx";

/** Search with results while typing. The address is the state: every filter can be shared and undone. */
export function Search() {
  const { query, route } = useLocation();
  const params = readSearchParams(query);
  const address = searchAddress(params);
  usePageTitle(params.q ? `“${params.q}”` : "Search");

  const first = useLoad(
    async (signal) => {
      await pause(90, signal);
      return search(apiQuery(params, Date.now()), signal);
    },
    [address, user.value?.id],
  );
  const [more, setMore] = useState<{ address: string; pages: SearchResult[] }>({
    address,
    pages: [],
  });
  const pages = more.address === address ? more.pages : [];
  const results = first.data ? [first.data, ...pages] : [];
  const cursor = results.at(-1)?.nextCursor;
  const items = results.flatMap((page) => page.items);

  const set = (change: Partial<SearchParams>, replace = false) =>
    route(searchAddress({ ...params, ...change }), replace);
  const loadMore = async () => {
    if (!cursor) return;
    const page = await search({ ...apiQuery(params, Date.now()), cursor });
    setMore({ address, pages: [...pages, page] });
  };

  return (
    <div class="page search-page">
      <h1 class="visually-hidden">Search</h1>
      <SearchBox value={params.q} autoFocus={!params.q} onInput={(q) => set({ q }, true)} />
      <SearchFilters params={params} facets={first.data?.facets} onChange={set} />
      <p class="search-total label" role="status">
        {first.error ? "" : first.data ? totalText(first.data, params) : "Searching"}
      </p>
      {first.data?.didYouMean && (
        <p class="notice">
          Showing films for <strong>{first.data.didYouMean}</strong>: hardly any film fits “
          {params.q}” as typed.
        </p>
      )}
      <h2 class="visually-hidden" id="results">
        Results
      </h2>
      {first.error ? (
        <ErrorState heading="h2" error={first.error} onRetry={first.reload} />
      ) : !first.data ? (
        <SkeletonCards count={8} />
      ) : items.length === 0 ? (
        <Nothing params={params} onClear={() => route(searchAddress({ q: params.q }))} />
      ) : (
        <ol class="hits" aria-labelledby="results" aria-busy={first.loading}>
          {items.map((item) => (
            <li key={item.video.id}>
              <SearchHit {...item} onOpen={() => params.q && sendPick(params.q, item.video.id)} />
            </li>
          ))}
        </ol>
      )}
      {cursor && <LoadMore onLoad={loadMore} />}
    </div>
  );
}

function totalText({ total }: SearchResult, params: SearchParams): string {
  const count = new Intl.NumberFormat("en").format(total.value);
  const films = total.value === 1 ? "film" : "films";
  const least = total.relation === "gte" ? "At least " : "";
  return `${least}${count} ${films}${params.q ? ` for “${params.q}”` : ""}`;
}

function Nothing({ params, onClear }: { params: SearchParams; onClear: () => void }) {
  const filters = activeFilters(params);
  return (
    <EmptyState
      title="No film by that name"
      heading="h2"
      action={
        filters > 0 && (
          <button type="button" class="button" onClick={onClear}>
            Clear {filters === 1 ? "the filter" : `${filters} filters`}
          </button>
        )
      }
    >
      {filters > 0
        ? "Nothing fits these words and these filters together."
        : "Try fewer or other words, the name of a person, or a line that is spoken in the film."}
    </EmptyState>
  );
}

/** Loads the next page when it scrolls near, and by its button. */
function LoadMore({ onLoad }: { onLoad: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const load = () => {
    setBusy(true);
    void onLoad().finally(() => setBusy(false));
  };
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && !busy && load(),
      { rootMargin: "600px" },
    );
    if (button.current) observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <button ref={button} type="button" class="button search-more" disabled={busy} onClick={load}>
      {busy ? "Loading" : "More films"}
    </button>
  );
}
