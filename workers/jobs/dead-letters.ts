import { catalog, runBatch } from "../db/client.ts";
import { keepDeadLetters } from "../db/dead-letters.ts";
import { log } from "../log.ts";
import { count } from "../count.ts";

/**
 * The consumer of the dead-letter queues: it logs the messages for the operator and stores them. Their rows in the
 * outbox are kept, so that the sweep sends them again later, when the cause may be gone.
 */
export async function handleDeadLetters(
  batch: Pick<MessageBatch, "queue" | "messages">,
  env: Pick<Env, "CATALOG">,
): Promise<void> {
  const { queue } = batch;
  for (const { body } of batch.messages) log("queue.dead-letter", { queue, body });
  count("messages.dead", { queue }, batch.messages.length);
  const db = catalog(env);
  const letters = batch.messages.map(({ body }) => ({ queue, body }));
  await runBatch(db, keepDeadLetters(db, letters, Date.now()));
}
