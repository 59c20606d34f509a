import { catalog } from "../db/client.ts";
import { deleteMessages, type OutboxRow, pendingMessages } from "../db/outbox.ts";

/** The limit of one `sendBatch`, and of the parameters of one D1 statement. */
const MESSAGES_PER_BATCH = 100;

type OutboxEnv = Pick<Env, "CATALOG" | "TRANSCODE_URGENT" | "TRANSCODE_BULK" | "EVENTS">;

/**
 * Sends the messages in the outbox and then deletes them. Runs through `waitUntil` right after a batch that wrote to the
 * outbox; the cron sends any that were missed. Two relays at once, or a crash between sending and deleting, send a
 * message twice, so every consumer is idempotent.
 */
export async function relayOutbox(env: OutboxEnv): Promise<void> {
  const db = catalog(env);
  let rows: OutboxRow[];
  do {
    rows = await pendingMessages(db, MESSAGES_PER_BATCH);
    for (const [name, queue] of queuesOf(env)) {
      const messages = rows.filter((row) => row.queue === name).map((row) => ({ body: row.body }));
      if (messages.length > 0) await queue.sendBatch(messages);
    }
    await deleteMessages(
      db,
      rows.map((row) => row.id),
    );
  } while (rows.length === MESSAGES_PER_BATCH);
}

function queuesOf(env: OutboxEnv): [OutboxRow["queue"], Queue][] {
  return [
    ["transcode-urgent", env.TRANSCODE_URGENT],
    ["transcode-bulk", env.TRANSCODE_BULK],
    ["events", env.EVENTS],
  ];
}
