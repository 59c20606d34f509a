import pRetry from "p-retry";
import { isTransient } from "../../db/client.ts";
import { LEASE_MS } from "../../domain/tasks/task-state.ts";
import { log } from "../../log.ts";

/** Retries stop shortly before the lease expires, because the attempt loses its task then. */
const MAX_RETRY_TIME_MS = LEASE_MS - 10_000;

/**
 * Repeats `work` with growing delays while D1 fails temporarily, because minutes of encoding depend on one write. A write
 * may succeed although its response gets lost, so `work` must be idempotent.
 */
export function persist<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: 10,
    minTimeout: 250,
    maxTimeout: 8000,
    maxRetryTime: MAX_RETRY_TIME_MS,
    randomize: true,
    shouldRetry: ({ error }) => isTransient(error),
    onFailedAttempt: ({ error: { message, cause }, attemptNumber }) =>
      log("task.write-retried", {
        attemptNumber,
        error: cause instanceof Error ? cause.message : message,
      }),
  });
}
