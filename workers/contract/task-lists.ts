// Apart from the schemas: the site needs them, and must not load zod.

/**
 * The lists of tasks for operators: running, ready to start, waiting for a retry, and permanently failed.
 */
export const TASK_LISTS = ["running", "waiting", "retrying", "failed"] as const;
export type TaskList = (typeof TASK_LISTS)[number];
