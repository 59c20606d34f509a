import { allowShare } from "../db/statement-count.ts";
import { type CronPurpose, CRONS } from "../domain/crons.ts";
import { log } from "../log.ts";
import { asInvocation } from "../services/invocation.ts";
import { relayOutbox } from "../services/outbox.ts";
import { takeCensus } from "./metrics/census.ts";
import { checkAlerts } from "./metrics/check-alerts.ts";
import { collectLeftovers } from "./tasks/collect.ts";
import { expireRecords, expireUploads } from "./cleanup/expire.ts";
import { clearDeletedAccounts } from "./cleanup/deleted-accounts.ts";
import { copyCatalog } from "./backup/copy-catalog.ts";
import { copyLibraries } from "./backup/copy-libraries.ts";
import { createJobContext } from "./job-context.ts";
import { addUpAudience } from "./views/keep-audience.ts";
import { addUpMetrics, measure } from "./metrics/keep-metrics.ts";
import { moveProgress } from "./cleanup/move-progress.ts";
import { moveViews } from "./views/move-views.ts";
import { emptyOldBins, purgeLeftovers } from "./cleanup/purge.ts";
import { maintainIndex } from "./search/rebuild-search.ts";
import { reconcileStorage } from "./storage/reconcile.ts";
import { resumeLinks } from "./links/read-link.ts";
import { resendMessages } from "./resend.ts";
import { recoverExpired, releaseWaiting } from "./tasks/recover.ts";
import { followSchedules } from "./publishing/schedules.ts";
import { sendDigests } from "./publishing/send-digests.ts";
import { wakeRunners } from "./tasks/wake.ts";
import { runWorkerTasks } from "./tasks/worker-tasks.ts";

type Steps = Record<string, () => Promise<unknown>>;

/** The steps of each cron, in order. Each cron has its own time and statements, so that none waits for another. */
const STEPS: Record<CronPurpose, (env: Env, now: number) => Steps> = {
  tasks: (env, now) => {
    const context = createJobContext(env);
    return {
      schedules: () => followSchedules(env, now),
      links: () => resumeLinks(env, now),
      outbox: () => relayOutbox(env),
      leases: () => recoverExpired(context),
      waiting: () => releaseWaiting(context, now),
      wake: () => wakeRunners(context, now, { trust: false }),
      finish: () => runWorkerTasks(context),
      resend: () => resendMessages(env, now),
    };
  },
  search: (env) => ({ search: () => maintainIndex(env) }),
  upkeep: (env, now) => ({
    bins: () => emptyOldBins(env, now),
    accounts: () => clearDeletedAccounts(env, now),
    outbox: () => relayOutbox(env),
    uploads: () => expireUploads(env),
    records: () => expireRecords(env),
    progress: () => moveProgress(env),
    views: () => moveViews(env),
    leftovers: () => collectLeftovers(createJobContext(env), now),
    digests: () => sendDigests(env, now),
    // The last step, with everything that the others have left: one video takes twenty statements.
    purges: () => purgeLeftovers(env, now),
  }),
  storage: (env, now) => ({
    libraries: () => copyLibraries(env, now),
    backup: () => copyCatalog(env, now),
    reconcile: () => reconcileStorage(createJobContext(env), now),
  }),
  metrics: (env, now) => ({
    census: () => takeCensus(env, now),
    gauges: () => measure(env, now),
    metrics: () => addUpMetrics(env, now),
    audience: () => addUpAudience(env, now),
    alerts: () => checkAlerts(env, now),
  }),
};

/** The statements that a step keeps in reserve to record what it has done. */
const RESERVED_STATEMENTS = 30;

/** The purpose of a cron, from its expression. */
export function purposeOf(cron: string): CronPurpose {
  const found = Object.entries(CRONS).find(([, expression]) => expression === cron);
  if (!found) throw new Error(`There is nothing to do for the cron ${cron}.`);
  return found[0] as CronPurpose;
}

/**
 * One run of a cron, which makes up for lost messages. A step that fails does not stop the others, and none takes all
 * of the statements: each may use an equal share of the rest.
 */
export async function sweep(env: Env, purpose: CronPurpose, now = Date.now()): Promise<void> {
  await asInvocation(`cron ${purpose}`, async () => {
    const steps = Object.entries(STEPS[purpose](env, now));
    for (const [index, [step, run]] of steps.entries()) {
      allowShare(1 / (steps.length - index), RESERVED_STATEMENTS);
      await run().catch((error: unknown) => log("sweep.failed", { step, error }));
    }
  });
}
