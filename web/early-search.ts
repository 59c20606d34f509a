import { search } from "./api.ts";
import { entryKey, loadName, remember } from "./page-memory.ts";
import { apiQuery, readSearchParams, searchAddress } from "./search-params.ts";

type EarlyResults = ReturnType<typeof search>;

let early: { key: string; found: EarlyResults } | null = null;

/** The part of its first results that a search page keeps. */
export interface FirstResults {
  request: Record<string, string>;
  page: Awaited<EarlyResults>;
}

/**
 * Requests the results of a search page before its code has loaded. If they have arrived, the page shows them at once;
 * otherwise it takes the request over.
 * @param query of its address
 */
export function startSearch(path: string, query: string): void {
  if (path !== "/search") return;
  const params = readSearchParams(Object.fromEntries(new URLSearchParams(query)));
  const request = apiQuery(params, Date.now());
  early = { key: JSON.stringify(request), found: search(request) };
  const [entry, name] = [entryKey(), loadName("search", [searchAddress(params), undefined])];
  early.found.then(
    (page) => {
      early = null;
      remember(entry, name, { request, page } satisfies FirstResults);
    },
    // The caller that takes it handles the failure.
    () => undefined,
  );
}

/** The results of the request of `startSearch`, once; any other search sends a new request. */
export function takeSearch(request: Record<string, string>, signal: AbortSignal): EarlyResults {
  const taken = early;
  early = null;
  return taken?.key === JSON.stringify(request) ? taken.found : search(request, signal);
}
