import type { WakeMessage } from "../../contract/messages.ts";
import { containersToWake } from "../../db/runners.ts";
import { readBacklog } from "../../db/transcoding/claim.ts";
import { log } from "../../log.ts";
import { containerSlots, containersNeeded, hasLocalRunners } from "./fleet.ts";
import type { JobContext } from "../job-context.ts";

/** The runtime allows six connections per invocation. */
const MAX_PARALLEL_WAKES = 6;

/**
 * Notifies waiting runners of new work, and wakes as many additional containers as the backlog needs. Waking a running
 * container does nothing, and one that finds no work exits, so extra calls do no harm. The cron makes up for lost
 * calls.
 * @param trust use the containers' reports to decide which ones run; without it, all containers that are needed are
 *   called
 */
export async function wakeRunners(
  context: JobContext,
  now: number,
  { trust = true } = {},
): Promise<void> {
  const { env, db } = context;
  // Without the bell, the desk queries again within a second.
  await context
    .ringDesk()
    .catch((error: unknown) => log("runner.wake-failed", { runner: "desk", error }));
  if (hasLocalRunners(env)) return;
  const { running, runnable, awake } = await readBacklog(db, containerSlots(env), now);
  const needed = containersNeeded(env, running + runnable);
  // Most results and hand-backs of a busy fleet end here.
  if (runnable === 0 || (trust && awake >= needed)) return;
  const runners = await containersToWake(db, needed, now, trust);
  for (let index = 0; index < runners.length; index += MAX_PARALLEL_WAKES)
    await Promise.all(
      runners.slice(index, index + MAX_PARALLEL_WAKES).map((runner) => wakeOne(context, runner)),
    );
}

async function wakeOne({ wake }: JobContext, runner: string): Promise<void> {
  try {
    await wake(runner);
  } catch (error) {
    log("runner.wake-failed", { runner, error });
  }
}

const WAKE: WakeMessage = { kind: "wake" };

/** Looks again later, when a task may be tried again. */
export async function wakeLater(env: Pick<Env, "TRANSCODE">, delayMs: number): Promise<void> {
  await env.TRANSCODE.send(WAKE, { delaySeconds: Math.ceil(delayMs / 1000) });
}
