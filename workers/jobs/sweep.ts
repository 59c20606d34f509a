import { collectLeftovers } from "./collect.ts";
import { log } from "../log.ts";
import { createJobContext } from "./context.ts";
import { expireRecords, expireUploads } from "./expire.ts";
import { purgeLeftovers } from "./purge.ts";
import { recoverExpired } from "./recover.ts";
import { maintainIndex } from "./rebuild-search.ts";
import { relayOutbox } from "../services/outbox.ts";

import { wakeConsumers } from "./tickets.ts";

/** What the cron does every minute: makes good what got lost. A step that fails does not keep the others from running. */
export async function sweep(env: Env): Promise<void> {
  const jobs = createJobContext(env);
  const steps = {
    relay: () => relayOutbox(env),
    leases: () => recoverExpired(jobs),
    tickets: () => wakeConsumers(jobs),
    uploads: () => expireUploads(env),
    answers: () => expireRecords(env),
    search: () => maintainIndex(env),
    purges: () => purgeLeftovers(env, Date.now()),
    leftovers: () => collectLeftovers(jobs, Date.now()),
  };
  for (const [step, run] of Object.entries(steps)) {
    await run().catch((error: unknown) => log("sweep.failed", { step, error: String(error) }));
  }
}
