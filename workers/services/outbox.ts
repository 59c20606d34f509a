import { catalog } from "../db/client.ts";
import { deleteMessages, type OutboxRow, pendingMessages } from "../db/outbox.ts";

/** At most what one `sendBatch` takes and one statement binds. */
const BATCH = 100;

type Queues = Pick<Env, "CATALOG" | "TRANSCODE_URGENT" | "TRANSCODE_BULK" | "EVENTS">;

/**
 * Sends what the outbox holds and then deletes it. Runs through `waitUntil` right after a batch that wrote
 * to the outbox; the cron sends what was missed. Two relays at once, or a crash between sending and
 * deleting, send a message twice: every consumer is idempotent.
 */
export async function relayOutbox(env: Queues): Promise<void> {
  const db = catalog(env);
  let rows: OutboxRow[];
  do {
    rows = await pendingMessages(db, BATCH);
    for (const [name, queue] of queuesOf(env)) {
      const messages = rows.filter((row) => row.queue === name).map((row) => ({ body: row.body }));
      if (messages.length > 0) await queue.sendBatch(messages);
    }
    await deleteMessages(
      db,
      rows.map((row) => row.id),
    );
  } while (rows.length === BATCH);
}

function queuesOf(env: Queues): [OutboxRow["queue"], Queue][] {
  return [
    ["transcode-urgent", env.TRANSCODE_URGENT],
    ["transcode-bulk", env.TRANSCODE_BULK],
    ["events", env.EVENTS],
  ];
}
