import { EventMessage } from "../contract/messages.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { isWake, markRefused, markSent, type OutboxRow, pendingMessages } from "../db/outbox.ts";
import { statementsLeft } from "../db/statement-count.ts";
import { log } from "../log.ts";

/** The limit of one `sendBatch`, and of the parameters of one D1 statement. */
const MESSAGES_PER_BATCH = 100;
/**
 * How many messages one call sends. The cron continues, so that a request that writes many messages does not run into
 * limits.
 */
const MAX_BATCHES_PER_RELAY = 20;
/** Statements of the invocation: two are for a refused message, the others for the rest of the caller's work. */
const MIN_STATEMENTS_LEFT = 20;
/** Reading a whole source must not compete with the end of its upload and with its first segments. */
const CHECKSUM_DELAY_SECONDS = 8;
/** After this many refusals in a row, the queue is at fault rather than a message. */
const MAX_REFUSALS = 3;

export type OutboxEnv = Pick<Env, "CATALOG" | "TRANSCODE" | "EVENTS" | "CHECKSUMS">;

/**
 * Sends the messages in the outbox. Runs through `waitUntil` right after a batch that wrote to the outbox; the cron sends
 * any that were missed. Two relays at once, or a crash after sending, send a message twice, so every consumer is
 * idempotent. An event carries the number of its row, which the consumer deletes (jobs/events.ts). A queue that fails does
 * not stop the others, nor a message that is refused those behind it.
 * @throws Error that a queue answered with, after the other queues had their turn
 */
export async function relayOutbox(env: OutboxEnv): Promise<void> {
  const db = catalog(env);
  let rows: OutboxRow[];
  let batches = 0;
  do {
    rows = await pendingMessages(db, MESSAGES_PER_BATCH);
    const failures: unknown[] = [];
    for (const [name, queue] of queuesOf(env)) {
      const own = rows.filter((row) => queueOf(row) === name);
      if (own.length > 0)
        await send(db, queue, own).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  } while (
    rows.length === MESSAGES_PER_BATCH &&
    ++batches < MAX_BATCHES_PER_RELAY &&
    statementsLeft() >= MIN_STATEMENTS_LEFT
  );
}

/** The queue of a message; a wake message of an earlier version names one that is gone. */
const queueOf = (row: OutboxRow) => (isWake(row) ? "transcode" : row.queue);

const messageOf = (row: OutboxRow) =>
  isWake(row) ? row.body : { ...(row.body as object), row: row.id };

/** A creator waits for a file that is read from a link. */
const delayOf = ({ queue, body }: OutboxRow): number =>
  queue === "checksums" && EventMessage.safeParse(body).data?.kind !== "read-link"
    ? CHECKSUM_DELAY_SECONDS
    : 0;

/** Sends messages at once or, if the queue refuses the batch, one by one. */
async function send(db: Catalog, queue: Queue, rows: readonly OutboxRow[]): Promise<void> {
  const messages = rows.map((row) => ({ body: messageOf(row), delaySeconds: delayOf(row) }));
  const isTaken = await queue.sendBatch(messages).then(
    () => true,
    () => false,
  );
  if (isTaken) return markSent(db, rows, Date.now());
  let refusals = 0;
  for (const row of rows) {
    if (statementsLeft() < MIN_STATEMENTS_LEFT) return;
    try {
      await queue.send(messageOf(row), { delaySeconds: delayOf(row) });
      await markSent(db, [row], Date.now());
      refusals = 0;
    } catch (error) {
      await refuse(db, row, error);
      if (++refusals >= MAX_REFUSALS) throw error;
    }
  }
}

async function refuse(db: Catalog, row: OutboxRow, error: unknown): Promise<void> {
  log("outbox.refused", { row: row.id, queue: row.queue, error });
  await markRefused(db, row.id, Date.now());
}

function queuesOf(env: OutboxEnv): [OutboxRow["queue"], Queue][] {
  return [
    ["transcode", env.TRANSCODE],
    ["events", env.EVENTS],
    ["checksums", env.CHECKSUMS],
  ];
}
