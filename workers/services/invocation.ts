import { countingStatements } from "../db/statement-count.ts";
import { log } from "../log.ts";
import { newRequestId, traced } from "../trace.ts";

/**
 * Runs a request, a batch of messages or a cron. Its statements are counted, including statements after the response,
 * and too many are logged.
 * @param invocation for the log, without tokens
 * @param requestId of this request, or of the request that caused it
 */
export function asInvocation<T>(
  invocation: string,
  run: () => T,
  requestId: string = newRequestId(),
): T {
  return traced({ requestId, invocation }, () =>
    countingStatements(run, () => log("database.many-statements")),
  );
}
