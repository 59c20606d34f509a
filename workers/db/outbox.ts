import { inArray } from "drizzle-orm";
import type { EventMessage, WakeMessage } from "../contract/messages.ts";
import type { Catalog, Statement } from "./client.ts";
import { outbox } from "./schema.ts";

export type TranscodeQueue = "transcode-urgent" | "transcode-bulk";
export type OutboxRow = typeof outbox.$inferSelect;

/**
 * Statement that stores a message to send. Put it in the same batch as the change it announces, so that either both are
 * stored or neither. After the batch call `relayOutbox` (services/outbox.ts) through `waitUntil`.
 */
export function enqueueEvent(db: Catalog, message: EventMessage, now = Date.now()): Statement {
  return db.insert(outbox).values({ queue: "events", body: message, createdAt: now });
}

/** Statement that stores a wake message for the transcode consumers, for the batch that adds tasks. */
export function enqueueWake(db: Catalog, queue: TranscodeQueue, now = Date.now()): Statement {
  const body: WakeMessage = { kind: "wake" };
  return db.insert(outbox).values({ queue, body, createdAt: now });
}

/** Unsent messages, the oldest first. */
export function pendingMessages(db: Catalog, limit: number): Promise<OutboxRow[]> {
  return db.select().from(outbox).orderBy(outbox.id).limit(limit);
}

export async function deleteMessages(db: Catalog, ids: number[]): Promise<void> {
  if (ids.length > 0) await db.delete(outbox).where(inArray(outbox.id, ids));
}
