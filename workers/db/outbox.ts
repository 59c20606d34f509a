import { inArray } from "drizzle-orm";
import type { EventMessage, WakeMessage } from "../contract/messages.ts";
import type { Catalog, Statement } from "./client.ts";
import { outbox } from "./schema.ts";

export type TranscodeQueue = "transcode-urgent" | "transcode-bulk";
export type OutboxRow = typeof outbox.$inferSelect;

/**
 * A message to send, as a statement for the same batch as the change it tells of: either both are
 * stored or neither. After the batch call `relayOutbox` (jobs/relay.ts) through `waitUntil`.
 */
export function enqueueEvent(db: Catalog, message: EventMessage, now = Date.now()): Statement {
  return db.insert(outbox).values({ queue: "events", body: message, createdAt: now });
}

/** A wake-up ticket for the transcode consumers, as a statement for the batch that makes the work. */
export function enqueueWake(db: Catalog, queue: TranscodeQueue, now = Date.now()): Statement {
  const body: WakeMessage = { kind: "wake" };
  return db.insert(outbox).values({ queue, body, createdAt: now });
}

/** The oldest messages that are still to be sent. */
export function pendingMessages(db: Catalog, limit: number): Promise<OutboxRow[]> {
  return db.select().from(outbox).orderBy(outbox.id).limit(limit);
}

export async function deleteMessages(db: Catalog, ids: number[]): Promise<void> {
  if (ids.length > 0) await db.delete(outbox).where(inArray(outbox.id, ids));
}
