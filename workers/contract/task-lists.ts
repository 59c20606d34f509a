// Apart from the schemas: the site needs them, and must not load zod.

/**
 * The lists of tasks that operators look at: those that run, those that may start, those that wait for another try, and
 * those that have failed for good.
 */
export const TASK_LISTS = ["running", "waiting", "retrying", "failed"] as const;
export type TaskList = (typeof TASK_LISTS)[number];
