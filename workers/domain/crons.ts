/**
 * The cron expressions of wrangler.toml by purpose. Each has its own invocation, and Cloudflare passes the expression.
 */
export const CRONS = {
  /** What users wait for: tasks and messages. */
  tasks: "* * * * *",
  search: "*/2 * * * *",
  upkeep: "1-59/2 * * * *",
  /** The comparison of storage with the catalogue. */
  storage: "*/3 * * * *",
  /** Numbers about all of this, and their alerts. */
  metrics: "*/1 * * * *",
} as const;

export type CronPurpose = keyof typeof CRONS;
