import { countingStatements } from "../db/statement-count.ts";
import { log } from "../log.ts";

/**
 * Runs a request, a batch of messages or a cron: its statements are counted, with those after its response, and too many
 * are told.
 * @param name for the log
 */
export function asInvocation<T>(name: string, run: () => T): T {
  return countingStatements(run, () => log("database.many-statements", { invocation: name }));
}
