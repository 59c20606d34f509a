import type { z } from "zod";
import type { VideoListQuery } from "../../workers/contract/video-list.ts";
import { VIDEO_SORTS } from "../../workers/contract/video-sorts.ts";

/** The filters and the order of My videos, in the form of its address. An empty string means none. */
export interface OwnListParams {
  q: string;
  state: string;
  visibility: string;
  category: string;
  playlist: string;
  /** First and last day of creation, as `2026-03-01` in the time zone of the device. */
  from: string;
  to: string;
  /** `true` for videos with problems only. */
  problems: string;
  /** Order; empty for newest first. */
  sort: string;
}

const EVERYTHING: OwnListParams = {
  q: "",
  state: "",
  visibility: "",
  category: "",
  playlist: "",
  from: "",
  to: "",
  problems: "",
  sort: "",
};

const { sort: _newest, ...filters } = EVERYTHING;
/** Every filter off; the order stays. */
export const NO_OWN_FILTERS = filters;

/** @param query of the address; unknown values are ignored */
export function readOwnListParams(query: Record<string, string>): OwnListParams {
  const params = { ...EVERYTHING };
  for (const name of Object.keys(EVERYTHING) as (keyof OwnListParams)[])
    params[name] = query[name] ?? "";
  const { from, to, sort } = params;
  return {
    ...params,
    from: startOf(from) ? from : "",
    to: startOf(to) ? to : "",
    sort: VIDEO_SORTS.some((known) => known === sort && known !== "newest") ? sort : "",
  };
}

export function ownListAddress(params: OwnListParams): string {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value));
  return query.size > 0 ? `/studio?${query}` : "/studio";
}

export function hasOwnFilters(params: OwnListParams): boolean {
  const names = Object.keys(NO_OWN_FILTERS) as (keyof OwnListParams)[];
  return names.some((name) => params[name] !== "");
}

/** The query of `GET /v1/videos` for these filters. The server validates what came from the address. */
export function ownListQuery({
  from,
  to,
  ...unchanged
}: OwnListParams): z.input<typeof VideoListQuery> {
  const query = {
    ...unchanged,
    q: unchanged.q.trim(),
    createdAfter: startOf(from)?.toISOString(),
    createdBefore: startOf(to, 1)?.toISOString(),
  };
  // The API refuses empty filters.
  const given = Object.entries(query).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  return { creator: "me", ...Object.fromEntries(given) } as z.input<typeof VideoListQuery>;
}

/** The start of a day in the device's time zone, or of a later one; null for an invalid date. */
function startOf(day: string, daysLater = 0): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const start = new Date(`${day}T00:00:00`);
  if (Number.isNaN(start.getTime())) return null;
  start.setDate(start.getDate() + daysLater);
  return start;
}
