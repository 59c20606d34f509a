import type { Catalog } from "../db/client.ts";
import { chargeRunner } from "../db/runners.ts";
import type { QuarantineTimes, RunnerFault } from "../domain/tasks/runner-health.ts";
import { log } from "../log.ts";

/**
 * Counts a failed task against a runner if its source is not at fault, and informs the operator if this starts a
 * quarantine. Tasks that were handed back or stopped do not count, and neither do our own outages.
 * @param detail the runner's message
 * @param others runners on which the same task failed before
 * @returns the quarantine that starts
 */
export async function chargeFailure(
  db: Catalog,
  runner: string,
  fault: RunnerFault,
  detail: string,
  others: readonly string[],
): Promise<QuarantineTimes | null> {
  const quarantine = await chargeRunner(db, runner, fault, detail, others);
  if (quarantine)
    log("runner.quarantined", {
      runner,
      until: new Date(quarantine.until).toISOString(),
      reason: quarantine.reason,
    });
  return quarantine;
}
