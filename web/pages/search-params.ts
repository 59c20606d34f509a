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
export function apiQuery(params: SearchParams, now: number): Record<string, string | undefined> {
  const { length, within, ...same } = params;
  const [from, to] = length.split("-");
  const seconds = (minutes: string | undefined) =>
    minutes && Number.isFinite(Number(minutes)) ? String(Number(minutes) * 60) : undefined;
  const days = Number(within);
  const today = Math.floor(now / 86_400_000);
  return {
    ...same,
    minDuration: seconds(from),
    maxDuration: seconds(to),
    publishedAfter:
      within && Number.isFinite(days)
        ? new Date((today - days) * 86_400_000).toISOString()
        : undefined,
  };
}

/** How many filters are on, the words and the order aside. */
export const activeFilters = (params: SearchParams): number =>
  Object.entries(params).filter(([name, value]) => value && name !== "q" && name !== "sort").length;
