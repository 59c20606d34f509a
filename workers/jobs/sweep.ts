import { log } from "../log.ts";
import { relayOutbox } from "../services/outbox.ts";
import { collectLeftovers } from "./collect.ts";
import { expireRecords, expireUploads } from "./expire.ts";
import { createJobContext } from "./job-context.ts";
import { moveProgress } from "./move-progress.ts";
import { emptyOldBins, purgeLeftovers } from "./purge.ts";
import { maintainIndex } from "./rebuild-search.ts";
import { recoverExpired } from "./recover.ts";
import { wakeConsumers } from "./wake.ts";

/** What the cron does every minute: it makes up for what got lost. A step that fails does not stop the others. */
export async function sweep(env: Env): Promise<void> {
  const context = createJobContext(env);
  const steps = {
    bins: () => emptyOldBins(env, Date.now()),
    outbox: () => relayOutbox(env),
    leases: () => recoverExpired(context),
    wake: () => wakeConsumers(context),
    uploads: () => expireUploads(env),
    records: () => expireRecords(env),
    search: () => maintainIndex(env),
    purges: () => purgeLeftovers(env, Date.now()),
    progress: () => moveProgress(env),
    leftovers: () => collectLeftovers(context, Date.now()),
  };
  for (const [step, run] of Object.entries(steps)) {
    await run().catch((error: unknown) => log("sweep.failed", { step, error: String(error) }));
  }
}
