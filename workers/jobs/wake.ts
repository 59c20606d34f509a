import type { WakeMessage } from "../contract/messages.ts";
import { readBacklog } from "../db/transcoding/claim.ts";
import type { JobContext } from "./job-context.ts";

const WAKE: WakeMessage = { kind: "wake" };
/** The limit of one `sendBatch`. */
const MAX_MESSAGES_PER_BATCH = 100;

/**
 * Wakes as many consumers as there are free slots, if there is anything to run. A superfluous message costs one query; a
 * lost one is made up for by the next.
 */
export async function wakeConsumers({ env, db, transcoder }: JobContext): Promise<void> {
  const backlog = await readBacklog(db, 1);
  if (backlog.runnable === 0 && !backlog.hasFinish) return;
  const free = transcoder.slots.length - backlog.running;
  const slotless = backlog.hasFinish ? 1 : 0;
  const count = Math.min(Math.max(free, slotless), MAX_MESSAGES_PER_BATCH);
  if (count > 0)
    await env.TRANSCODE_BULK.sendBatch(Array.from({ length: count }, () => ({ body: WAKE })));
}

/** Wakes one consumer later, when a task may be tried again. */
export async function wakeLater(env: Pick<Env, "TRANSCODE_BULK">, delayMs: number): Promise<void> {
  await env.TRANSCODE_BULK.send(WAKE, { delaySeconds: Math.ceil(delayMs / 1000) });
}
