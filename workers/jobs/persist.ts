import pRetry from "p-retry";
import { isTransient } from "../db/client.ts";
import { LEASE_MS } from "../domain/task-state.ts";
import { log } from "../log.ts";

/** After this the lease is about to run out, and the attempt with it. Milliseconds. */
const PATIENCE_MS = LEASE_MS - 10_000;

/**
 * Does `work` again, later each time, for as long as D1 answers with an error that passes: minutes of encoding hang on
 * one write. What was written although its answer got lost is written twice, so `work` must be idempotent.
 */
export const persist = <T>(work: () => Promise<T>): Promise<T> =>
  pRetry(work, {
    retries: 10,
    minTimeout: 250,
    maxTimeout: 8000,
    maxRetryTime: PATIENCE_MS,
    randomize: true,
    shouldRetry: ({ error }) => isTransient(error),
    onFailedAttempt: ({ error: { message, cause }, attemptNumber }) =>
      log("task.write-retried", {
        attemptNumber,
        error: cause instanceof Error ? cause.message : message,
      }),
  });
