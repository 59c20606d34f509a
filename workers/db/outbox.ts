import { and, asc, eq, isNull, lt, sql } from "drizzle-orm";
import { type EventMessage, WakeMessage } from "../contract/messages.ts";
import { currentTrace } from "../trace.ts";
import { type Catalog, runBatch, type Statement } from "./client.ts";
import { keepDeadLetters } from "./dead-letters.ts";
import { outbox } from "./upkeep-schema.ts";

export type OutboxRow = typeof outbox.$inferSelect;

/**
 * Statement that stores a message to send. Put it in the same batch as the change it announces, so that either both are
 * stored or neither. After the batch call `relayOutbox` (services/outbox.ts) through `waitUntil`.
 */
export function enqueueEvent(db: Catalog, message: EventMessage, now = Date.now()): Statement {
  return db.insert(outbox).values({ ...toSend(message), createdAt: now });
}

/** Like `enqueueEvent`, for many messages. */
export function enqueueEvents(
  db: Catalog,
  messages: readonly EventMessage[],
  now: number,
): Statement {
  return db.insert(outbox).select(
    sql`
      SELECT NULL, value ->> 'queue', value -> 'body', ${now}, NULL, 0
      FROM json_each(${JSON.stringify(messages.map(toSend))})`,
  );
}

/** They have a queue of their own, since each takes long. */
const READ_MUCH = new Set<EventMessage["kind"]>(["hash-source", "compare-videos", "read-link"]);

function toSend(message: EventMessage) {
  const queue = READ_MUCH.has(message.kind) ? ("checksums" as const) : ("events" as const);
  return { queue, body: { ...message, requestId: currentTrace()?.requestId } };
}

/** Stores messages that have videos compared with their objects. @param slices the videos of each message */
export async function handOverVideos(
  db: Catalog,
  slices: readonly (readonly string[])[],
  now: number,
): Promise<void> {
  await db.insert(outbox).select(
    sql`
      SELECT NULL, 'checksums', json_object('kind', 'compare-videos', 'videoIds', json(value)), ${now}, NULL, 0
      FROM json_each(${JSON.stringify(slices)})`,
  );
}

/** How many messages for the queue `checksums` wait or are being handled, up to a limit. Plan: rows until it is reached. */
export async function countWaiting(db: Catalog, limit: number): Promise<number> {
  const waiting = db
    .select({ id: outbox.id })
    .from(outbox)
    .where(eq(outbox.queue, "checksums"))
    .limit(limit)
    .as("waiting");
  return Number(await db.$count(waiting));
}

/** Statement that stores a wake message, for the batch that adds tasks. */
export function enqueueWake(db: Catalog, now = Date.now()): Statement {
  const body: WakeMessage = { kind: "wake" };
  return db.insert(outbox).values({ queue: "transcode", body, createdAt: now });
}

/** Unsent messages, the oldest first (index `outbox_unsent`). */
export function pendingMessages(db: Catalog, limit: number): Promise<OutboxRow[]> {
  return db.select().from(outbox).where(isNull(outbox.sentAt)).orderBy(asc(outbox.id)).limit(limit);
}

/** One parameter, since a D1 statement has at most a hundred. */
const isAmong = (ids: readonly number[]) =>
  sql`${outbox.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** Whether the message only wakes runners. By its body: rows of an earlier version name other queues. */
export const isWake = ({ body }: Pick<OutboxRow, "body">): boolean =>
  WakeMessage.safeParse(body).success;

/** Records that a queue took these messages. Those that have their row in D1 anyway are forgotten. */
export async function markSent(
  db: Catalog,
  rows: readonly Pick<OutboxRow, "id" | "body">[],
  now: number,
): Promise<void> {
  const [events, wakes] = [true, false].map((isEvent) =>
    rows.filter((row) => isWake(row) !== isEvent).map((row) => row.id),
  );
  await runBatch(db, [
    ...(events?.length
      ? [
          db
            .update(outbox)
            .set({ sentAt: now, sends: sql`sends + 1` })
            .where(isAmong(events)),
        ]
      : []),
    ...(wakes?.length ? [db.delete(outbox).where(isAmong(wakes))] : []),
  ]);
}

/** Records that a queue refused a message, which waits as if it had been sent, so that those behind it get their turn. */
export async function markRefused(db: Catalog, id: number, now: number): Promise<void> {
  await db.update(outbox).set({ sentAt: now }).where(eq(outbox.id, id));
}

/** Forgets messages that were handled. */
export async function deleteMessages(db: Catalog, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.delete(outbox).where(isAmong(ids));
}

/**
 * Messages that were not handled within `overdueMs` after they were sent; the time doubles with every resend (index
 * `outbox_sent`).
 */
export function unhandledMessages(
  db: Catalog,
  now: number,
  overdueMs: number,
  limit: number,
): Promise<OutboxRow[]> {
  const isOverdue = sql`sent_at < ${now} - ${overdueMs} * (1 << max(0, sends - 1))`;
  return db
    .select()
    .from(outbox)
    .where(and(lt(outbox.sentAt, now - overdueMs), isOverdue))
    .orderBy(asc(outbox.sentAt))
    .limit(limit);
}

/** Makes the next relay resend a message. */
export async function sendAgain(db: Catalog, row: OutboxRow): Promise<void> {
  await db
    .update(outbox)
    .set({ sentAt: null })
    .where(and(eq(outbox.id, row.id), eq(outbox.sends, row.sends)));
}

/** Gives a message up: it is kept for the operator, and no longer sent. */
export async function giveUpMessage(db: Catalog, row: OutboxRow, now: number): Promise<void> {
  await runBatch(db, [
    ...keepDeadLetters(db, [row], now),
    db.delete(outbox).where(eq(outbox.id, row.id)),
  ]);
}
