import "./search.css";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchResult } from "../../workers/contract/search.ts";
import { search, sendPick } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { SearchBox } from "../components/search-box.tsx";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { user } from "../session.ts";
import { pause, useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { SearchFilters } from "./search-filters.tsx";
import {
  type SearchParams,
  activeFilters,
  apiQuery,
  readSearchParams,
  searchAddress,
} from "../search-params.ts";
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
      const asked = apiQuery(params, Date.now());
      return { asked, page: await search(asked, signal) };
    },
    [address, user.value?.id],
  );
  const found = first.data?.page;
  const [more, setMore] = useState<{ after: SearchResult; pages: SearchResult[] } | null>(null);
  const pages = more && more.after === found ? more.pages : [];
  const results = found ? [found, ...pages] : [];
  const cursor = results.at(-1)?.nextCursor;
  const items = results.flatMap((page) => page.items);

  const set = (change: Partial<SearchParams>, replace = false) =>
    route(searchAddress({ ...params, ...change }), replace);
  const loadMore = async () => {
    if (!cursor || !first.data) return;
    // What the first page was asked, whatever day it is by now: a cursor belongs to its query.
    const { asked, page: after } = first.data;
    const page = await search({ ...asked, cursor });
    setMore({ after, pages: [...pages, page] });
  };

  return (
    <div class="page search-page">
      <h1 class="visually-hidden">Search</h1>
      <SearchBox value={params.q} autoFocus={!params.q} onInput={(q) => set({ q }, true)} />
      <SearchFilters params={params} facets={found?.facets} onChange={set} />
      <p class="search-total label" role="status">
        {first.error ? "" : found ? totalText(found, params) : "Searching"}
      </p>
      {found?.didYouMean && (
        <p class="notice">
          Showing films for <strong>{found.didYouMean}</strong>: hardly any film fits “{params.q}”
          as typed.
        </p>
      )}
      <h2 class="visually-hidden" id="results">
        Results
      </h2>
      {first.error ? (
        <ErrorState heading="h2" error={first.error} onRetry={first.reload} />
      ) : !found ? (
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
      {cursor && <LoadMore key={address} onLoad={loadMore} />}
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

/** Loads the next page when it scrolls near, and by its button; after a failure by its button only. */
function LoadMore({ onLoad }: { onLoad: () => Promise<void> }) {
  const { run, busy, error } = useSubmit(onLoad);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (busy || error || !button.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && run(),
      { rootMargin: "600px" },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <>
      <FormError error={error} />
      <button
        ref={button}
        type="button"
        class="button search-more"
        disabled={busy}
        onClick={() => run()}
      >
        {busy ? "Loading" : error ? "Try again" : "More films"}
      </button>
    </>
  );
}
