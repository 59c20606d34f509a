import { and, desc, eq, lt, lte, sql } from "drizzle-orm";
import type { EventMessage, WakeMessage } from "../contract/messages.ts";
import { type Catalog, rowsChanged, type Statement } from "./client.ts";
import { deadLetters, outbox } from "./upkeep-schema.ts";

export type DeadLetterRow = typeof deadLetters.$inferSelect;
type OutboxQueue = (typeof outbox.$inferSelect)["queue"];

/** Only the newest are kept. */
const MAX_DEAD_LETTERS = 1000;

/** Statements that keep messages which could not be handled, for the operator. The oldest go. */
export function keepDeadLetters(
  db: Catalog,
  messages: readonly { queue: string; body: unknown }[],
  now: number,
): Statement[] {
  return [
    ...messages.map(({ queue, body }) =>
      db.insert(deadLetters).values({ queue, body, receivedAt: now }),
    ),
    db
      .delete(deadLetters)
      .where(lt(deadLetters.id, sql`(SELECT max(id) - ${MAX_DEAD_LETTERS - 1} FROM dead_letters)`)),
  ];
}

/** Messages that could not be handled, the newest first. @param before only older ones, by their number */
export function listDeadLetters(
  db: Catalog,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<DeadLetterRow[]> {
  return db
    .select()
    .from(deadLetters)
    .where(lt(deadLetters.id, before))
    .orderBy(desc(deadLetters.id))
    .limit(limit);
}

export async function findDeadLetter(db: Catalog, id: number): Promise<DeadLetterRow | null> {
  return (await db.select().from(deadLetters).where(eq(deadLetters.id, id)).get()) ?? null;
}

export async function deleteDeadLetter(db: Catalog, id: number): Promise<void> {
  await db.delete(deadLetters).where(eq(deadLetters.id, id));
}

/** Deletes all letters up to a number. @returns how many */
export async function deleteDeadLetters(db: Catalog, until: number): Promise<number> {
  return rowsChanged(await db.delete(deadLetters).where(lte(deadLetters.id, until)));
}

/** Which of these numbers are rows of the outbox. */
export async function stillInOutbox(db: Catalog, rows: readonly number[]): Promise<Set<number>> {
  const found = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(sql`${outbox.id} IN (SELECT value FROM json_each(${JSON.stringify(rows)}))`);
  return new Set(found.map(({ id }) => id));
}

/**
 * Statements that let the next relay send a message again: from its row in the outbox if it still exists, otherwise
 * from a new one. The dead letter is deleted in the same transaction, so that it is sent only once even if two
 * operators act at the same time.
 * @param row number of its row in the outbox, if it ever had one
 */
export function resendLetter(
  db: Catalog,
  { id, row }: { id: number; row: number | null },
  queue: OutboxQueue,
  body: EventMessage | WakeMessage,
  now: number,
): Statement[] {
  const isHere = sql`EXISTS (SELECT 1 FROM dead_letters WHERE id = ${id})`;
  const hasRow = sql`EXISTS (SELECT 1 FROM outbox WHERE id = ${row})`;
  return [
    db.insert(outbox).select(
      sql`SELECT NULL, ${queue}, ${JSON.stringify(body)}, ${now}, NULL, 0
          WHERE ${isHere} AND NOT ${hasRow}`,
    ),
    db
      .update(outbox)
      .set({ sentAt: null })
      .where(and(eq(outbox.id, row ?? 0), isHere)),
    db.delete(deadLetters).where(eq(deadLetters.id, id)),
  ];
}
