/** Filters of the search page as its address carries them, so that every search can be shared. */
export interface SearchParams {
  q: string;
  category: string;
  tag: string;
  creator: string;
  language: string;
  /** Length in minutes as `from-to`, either side may be empty. */
  length: string;
  /** Published within so many days. */
  within: string;
  captions: string;
  hdr: string;
  minHeight: string;
  sort: string;
}

const NONE: SearchParams = {
  q: "",
  category: "",
  tag: "",
  creator: "",
  language: "",
  length: "",
  within: "",
  captions: "",
  hdr: "",
  minHeight: "",
  sort: "",
};

/** @param query of the address; what is not a filter is ignored */
export function readSearchParams(query: Record<string, string>): SearchParams {
  const params = { ...NONE };
  for (const name of Object.keys(NONE) as (keyof SearchParams)[]) params[name] = query[name] ?? "";
  return params;
}

/** Address of a search; filters that are off are left out. */
export function searchAddress(params: Partial<SearchParams>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  return query.size > 0 ? `/search?${query}` : "/search";
}

/**
 * The query of `GET /v1/search` for these filters.
 * @param now milliseconds; `within` counts whole UTC days back from it, so that equal searches stay equal
 */
export function apiQuery(params: SearchParams, now: number): Record<string, string> {
  const { length, within, ...same } = params;
  const [from, to] = length.split("-");
  const seconds = (minutes: string | undefined) => (Number(minutes) || 0) * 60;
  const today = Math.floor(now / 86_400_000);
  const days = Math.min(Number(within) || 0, 36_500);
  const query = {
    ...same,
    minDuration: seconds(from) && String(seconds(from)),
    maxDuration: seconds(to) && String(seconds(to)),
    publishedAfter: days && new Date((today - days) * 86_400_000).toISOString(),
  };
  // The API takes a filter or none, never an empty one.
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** How many filters are on, the words and the order aside. */
export const activeFilters = (params: SearchParams): number =>
  Object.entries(params).filter(([name, value]) => value && name !== "q" && name !== "sort").length;
