import type { WakeMessage } from "../contract/messages.ts";
import { freeSlots } from "../domain/next-task.ts";
import { schedulerState } from "../db/transcoding/tasks.ts";
import type { JobContext } from "./context.ts";

const TICKET: { body: WakeMessage } = { body: { kind: "wake" } };
/** What one `sendBatch` takes. */
const MAX_TICKETS = 100;

/**
 * Wakes as many consumers as there are free places, when there is anything to run. Superfluous tickets cost
 * one look at D1 each; a lost one is made good by the next.
 */
export async function wakeConsumers({ env, db, transcoder }: JobContext): Promise<void> {
  const state = await schedulerState(db, transcoder.slots, Date.now());
  if (state.runnable.length === 0) return;
  const free = freeSlots(state.slots, state.running).length;
  const work = state.runnable.some((candidate) => !candidate.needsSlot) ? 1 : 0;
  const count = Math.min(Math.max(free, work), MAX_TICKETS);
  if (count > 0) await env.TRANSCODE_BULK.sendBatch(Array.from({ length: count }, () => TICKET));
}

/** One ticket for later: a task may be tried again then. */
export async function wakeLater(
  env: Pick<Env, "TRANSCODE_BULK">,
  milliseconds: number,
): Promise<void> {
  await env.TRANSCODE_BULK.send(TICKET.body, { delaySeconds: Math.ceil(milliseconds / 1000) });
}
