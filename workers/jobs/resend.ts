import { catalog } from "../db/client.ts";
import { giveUpMessage, sendAgain, unhandledMessages } from "../db/outbox.ts";
import { log } from "../log.ts";
import { relayOutbox } from "../services/outbox.ts";
import { workOff } from "./work-off.ts";

/** Longer than the queue needs for all of its own attempts; it doubles each time the message is resent. */
const RESEND_AFTER_MS = 10 * 60_000;
/** After that many, two days have passed. */
const MAX_SENDS = 9;

/** Resends messages that have not been handled: the queue lost them, or gave up while something was broken. */
export async function resendMessages(env: Env, now: number): Promise<void> {
  const db = catalog(env);
  await workOff({
    db,
    step: "resend",
    next: (limit) => unhandledMessages(db, now, RESEND_AFTER_MS, limit),
    idOf: ({ id }) => String(id),
    handle: async (row) => {
      const { id, body, sends } = row;
      if (sends >= MAX_SENDS) {
        log("queue.dead-letter", { queue: row.queue, body });
        return giveUpMessage(db, row, now);
      }
      log("outbox.sent-again", { row: id, body, sends });
      return sendAgain(db, row);
    },
  });
  await relayOutbox(env);
}
