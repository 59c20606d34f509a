// Apart from the schemas: the site needs them, and must not load zod.

/** The charts of the numbers about the site, in their order (domain/charts.ts). */
export const CHART_NAMES = [
  "startup",
  "startup-by-device",
  "rebuffering",
  "interruptions",
  "playback-failures",
  "playback-errors",
  "bitrate",
  "dropped-frames",
  "watched",
  "requests",
  "latency",
  "gate",
  "cache",
  "storage",
  "database-size",
  "statements",
  "database-time",
  "database-rows",
  "queue-messages",
  "queue-age",
  "tasks",
  "waiting-tasks",
  "running-tasks",
  "tasks-ended",
  "task-failures",
  "task-time",
  "runner-minutes",
  "uploads",
  "playable",
  "ready",
  "searches",
  "search-time",
  "deliveries",
] as const;
export type ChartName = (typeof CHART_NAMES)[number];

/** How far back, and by which steps: three hours by minute, a week by hour, a year by day. */
export const CHART_RANGES = ["hours", "week", "year"] as const;
export type ChartRange = (typeof CHART_RANGES)[number];
