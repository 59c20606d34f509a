// Apart from the schemas: the site needs them, and must not load zod.

/** The rules by which operators are alerted (domain/alerts/alert-rules.ts). */
export const ALERT_NAMES = [
  "failed-videos",
  "queue-age",
  "dead-letters",
  "no-runner",
  "slow-playable",
  "rebuffering",
  "server-errors",
  "gate-refusals",
  "database-size",
  "storage-size",
  "index-drift",
  "backup-age",
  "daily-cost",
] as const;
export type AlertName = (typeof ALERT_NAMES)[number];
