import { log } from "../log.ts";
import { relayOutbox } from "../services/outbox.ts";
import { collectLeftovers } from "./collect.ts";
import { expireRecords, expireUploads } from "./expire.ts";
import { createJobContext } from "./job-context.ts";
import { moveProgress } from "./move-progress.ts";
import { moveViews } from "./move-views.ts";
import { emptyOldBins, purgeLeftovers } from "./purge.ts";
import { maintainIndex } from "./rebuild-search.ts";
import { reconcileStorage } from "./reconcile.ts";
import { resendMessages } from "./resend.ts";
import { recoverExpired, releaseWaiting } from "./recover.ts";
import { wakeConsumers } from "./wake.ts";

/** What the cron does every minute: it makes up for what got lost. A step that fails does not stop the others. */
export async function sweep(env: Env, now = Date.now()): Promise<void> {
  const context = createJobContext(env);
  const steps = {
    bins: () => emptyOldBins(env, now),
    outbox: () => relayOutbox(env),
    resend: () => resendMessages(env, now),
    leases: () => recoverExpired(context),
    waiting: () => releaseWaiting(context, now),
    wake: () => wakeConsumers(context),
    uploads: () => expireUploads(env),
    records: () => expireRecords(env),
    search: () => maintainIndex(env),
    purges: () => purgeLeftovers(env, now),
    progress: () => moveProgress(env),
    views: () => moveViews(env),
    reconcile: () => reconcileStorage(context, now),
    leftovers: () => collectLeftovers(context, now),
  };
  for (const [step, run] of Object.entries(steps)) {
    await run().catch((error: unknown) => log("sweep.failed", { step, error: String(error) }));
  }
}
