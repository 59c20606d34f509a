/**
 * The expressions of wrangler.toml by purpose. Each is an invocation of its own, and Cloudflare says by its expression which
 * one it runs.
 */
export const CRONS = {
  /** What somebody waits for: tasks and messages. */
  tasks: "* * * * *",
  search: "*/2 * * * *",
  upkeep: "1-59/2 * * * *",
  /** The comparison of storage with the catalogue. */
  storage: "*/3 * * * *",
  /** Numbers about all of this, and their alerts. */
  metrics: "*/1 * * * *",
} as const;

export type CronPurpose = keyof typeof CRONS;
