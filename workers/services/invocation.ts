import { countingStatements } from "../db/statement-count.ts";
import { log } from "../log.ts";
import { newRequestId, traced } from "../trace.ts";

/**
 * Runs a request, a batch of messages or a cron: its statements are counted, with those after its response, and too many
 * are told.
 * @param invocation for the log: without tokens
 * @param requestId of the request that it is, or that caused it
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
