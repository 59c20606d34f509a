import { currentRequestId } from "./trace.ts";

/**
 * Every event that the transcoder logs, with its severity. The format is the same as in the Worker's log
 * (workers/log.ts).
 */
const SEVERITY_OF_EVENT = {
  "task.failed": "warning",
  /** The process stops before the task has ended. */
  "task.handed-back": "info",
  /** Asking the Worker for work, or reporting to it, failed. Both are retried. */
  "claim.failed": "warning",
  "report.failed": "warning",
  "runner.started": "info",
  "runner.ended": "info",
  /** The disk is full or missing: no task is accepted. */
  "runner.unfit": "error",
  /** The task continues and reads from the storage instead. */
  "source-cache.failed": "warning",
} as const;

/** Writes one line of JSON to standard error. Fields never hold the storage URL, which contains a token. */
export function log(
  event: keyof typeof SEVERITY_OF_EVENT,
  fields: Record<string, unknown> = {},
): void {
  const severity = SEVERITY_OF_EVENT[event];
  console.error(JSON.stringify({ severity, event, requestId: currentRequestId(), ...fields }));
}

/** An error for the log with the reason of a failed request, which `fetch` puts into its cause: `ECONNREFUSED`. */
export function errorWithCause(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : null;
  const reason = cause?.message || cause?.code;
  return reason ? `${String(error)}: ${reason}` : String(error);
}
