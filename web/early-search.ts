import { search } from "./api.ts";
import { apiQuery, readSearchParams } from "./search-params.ts";

type Found = ReturnType<typeof search>;

let early: { key: string; found: Found } | null = null;

/** Asks for the results of a search page before its code has arrived. @param query of its address */
export function startSearch(path: string, query: string): void {
  if (path !== "/search") return;
  const params = readSearchParams(Object.fromEntries(new URLSearchParams(query)));
  const request = apiQuery(params, Date.now());
  early = { key: JSON.stringify(request), found: search(request) };
  // The caller that takes it handles the failure.
  early.found.catch(() => undefined);
}

/** The results of the request of `startSearch`, once; any other search sends a new request. */
export function takeSearch(request: Record<string, string>, signal: AbortSignal): Found {
  const taken = early;
  early = null;
  return taken?.key === JSON.stringify(request) ? taken.found : search(request, signal);
}
