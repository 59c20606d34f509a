import type { WakeMessage } from "../contract/messages.ts";
import { schedulerState } from "../db/transcoding/tasks.ts";
import { freeSlots } from "../domain/next-task.ts";
import type { JobContext } from "./job-context.ts";

const WAKE: WakeMessage = { kind: "wake" };
/** The limit of one `sendBatch`. */
const MAX_MESSAGES_PER_BATCH = 100;

/**
 * Wakes as many consumers as there are free slots, if there is anything to run. A superfluous message costs one query; a
 * lost one is made up for by the next.
 */
export async function wakeConsumers({ env, db, transcoder }: JobContext): Promise<void> {
  const state = await schedulerState(db, transcoder.slots, Date.now());
  if (state.runnable.length === 0) return;
  const free = freeSlots(state.slots, state.running).length;
  const slotless = state.runnable.some((candidate) => !candidate.needsSlot) ? 1 : 0;
  const count = Math.min(Math.max(free, slotless), MAX_MESSAGES_PER_BATCH);
  if (count > 0)
    await env.TRANSCODE_BULK.sendBatch(Array.from({ length: count }, () => ({ body: WAKE })));
}

/** Wakes one consumer later, when a task may be tried again. */
export async function wakeLater(env: Pick<Env, "TRANSCODE_BULK">, delayMs: number): Promise<void> {
  await env.TRANSCODE_BULK.send(WAKE, { delaySeconds: Math.ceil(delayMs / 1000) });
}
