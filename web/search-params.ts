import { DAY_MS } from "./format.ts";

/** A century: keeps the date within what ISO 8601 can write. */
const MAX_DAYS = 36_500;

/** The query and filters of the search page, in the form of its address. An empty string means no filter. */
export interface SearchParams {
  q: string;
  category: string;
  tag: string;
  creator: string;
  language: string;
  /** Length in minutes as `from-to`; either side may be empty. */
  length: string;
  /** Published within this many days. */
  within: string;
  captions: string;
  hdr: string;
  minHeight: string;
  sort: string;
}

/** Every filter off. The query and the sort order are not filters. */
export const NO_FILTERS: Omit<SearchParams, "q" | "sort"> = {
  category: "",
  tag: "",
  creator: "",
  language: "",
  length: "",
  within: "",
  captions: "",
  hdr: "",
  minHeight: "",
};

const EMPTY_SEARCH: SearchParams = { q: "", ...NO_FILTERS, sort: "" };

/** @param query of the address; unknown parameters are ignored */
export function readSearchParams(query: Record<string, string>): SearchParams {
  const params = { ...EMPTY_SEARCH };
  for (const name of Object.keys(EMPTY_SEARCH) as (keyof SearchParams)[]) {
    params[name] = query[name] ?? "";
  }
  return params;
}

/** The address of a search. Filters that are off are left out. */
export function searchAddress(params: Partial<SearchParams>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  return query.size > 0 ? `/search?${query}` : "/search";
}

/**
 * The query of `GET /v1/search` for these filters.
 * @param now milliseconds; `within` counts back whole UTC days, so that the same search on one day is the same request
 */
export function apiQuery(params: SearchParams, now: number): Record<string, string> {
  const { length, within, ...unchanged } = params;
  const [from, to] = length.split("-");
  const seconds = (minutes: string | undefined) => (Number(minutes) || 0) * 60;
  const today = Math.floor(now / DAY_MS);
  const days = Math.min(Number(within) || 0, MAX_DAYS);
  const query = {
    ...unchanged,
    minDuration: seconds(from) && String(seconds(from)),
    maxDuration: seconds(to) && String(seconds(to)),
    publishedAfter: days && new Date((today - days) * DAY_MS).toISOString(),
  };
  // The API refuses empty filters.
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** Path and query of the request that a search page sends first. @param search of its address @param now milliseconds */
export function searchRequest(search: string, now: number): string {
  const params = readSearchParams(Object.fromEntries(new URLSearchParams(search)));
  return `/v1/search?${new URLSearchParams(apiQuery(params, now))}`;
}

/** The number of active filters. */
export function activeFilters(params: SearchParams): number {
  const names = Object.keys(NO_FILTERS) as (keyof typeof NO_FILTERS)[];
  return names.filter((name) => params[name]).length;
}
