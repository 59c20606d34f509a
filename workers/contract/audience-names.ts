// Apart from the schemas: the site needs them, and must not load zod.

/** How viewers reach a video. `site`: from another page of the site. */
export const AUDIENCE_SOURCES = [
  "home",
  "search",
  "related",
  "playlist",
  "creator",
  "browse",
  "library",
  "site",
  "external",
  "embed",
  "direct",
] as const;
export type AudienceSource = (typeof AUDIENCE_SOURCES)[number];

/** How far back analytics look: 48 hours by minute, the others by day, today included. */
export const ANALYTICS_PERIODS = ["48h", "7d", "28d", "90d", "365d"] as const;
export type AnalyticsPeriod = (typeof ANALYTICS_PERIODS)[number];

/** The dimensions by which views are counted. `host`: the site that links to a video or embeds it. */
export const AUDIENCE_DIMENSIONS = [
  "source",
  "search",
  "host",
  "country",
  "device",
  "captions",
] as const;
export type AudienceDimension = (typeof AUDIENCE_DIMENSIONS)[number];
