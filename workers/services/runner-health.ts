import type { Catalog } from "../db/client.ts";
import { chargeRunner } from "../db/runners.ts";
import type { QuarantineTimes, RunnerFault } from "../domain/tasks/runner-health.ts";
import { log } from "../log.ts";

/**
 * Charges a runner with a task that failed on it through no fault of its source, and tells the operator when its
 * quarantine begins with it. Never for a task that was handed back or stopped, nor for an outage of ours.
 * @param detail what the runner said
 * @param others runners on which the same task failed before
 * @returns the quarantine that begins
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
