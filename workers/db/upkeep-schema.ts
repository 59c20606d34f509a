import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables with which the product looks after itself. Times are integer milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** The queues that the outbox sends to. */
export const OUTBOX_QUEUES = ["transcode-urgent", "transcode-bulk", "events"] as const;

/**
 * Messages, written in the same batch as the change they announce. An event's row stays until it has been handled, so that
 * the sweep can send it again if the queue loses it; a wake message's goes when it is sent, since it only says "look".
 */
export const outbox = sqliteTable(
  "outbox",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    queue: text("queue", { enum: OUTBOX_QUEUES }).notNull(),
    body: json<unknown>("body").notNull(),
    createdAt: time("created_at").notNull(),
    /** When it was last given to the queue, or refused by it; null if not yet. */
    sentAt: time("sent_at"),
    /** How often the queue took it. */
    sends: integer("sends").notNull().default(0),
  },
  (table) => [
    index("outbox_unsent")
      .on(table.id)
      .where(sql`sent_at IS NULL`),
    index("outbox_sent")
      .on(table.sentAt)
      .where(sql`sent_at IS NOT NULL`),
  ],
);

/** Messages that could not be handled, for the operator. Only the newest are kept (db/dead-letters.ts). */
export const deadLetters = sqliteTable("dead_letters", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  queue: text("queue").notNull(),
  body: json<unknown>("body").notNull(),
  receivedAt: time("received_at").notNull(),
});

/** Items on which a step of the sweep failed: each is tried again later, so that the items behind it get their turn. */
export const sweepFailures = sqliteTable(
  "sweep_failures",
  {
    step: text("step").notNull(),
    item: text("item").notNull(),
    failures: integer("failures").notNull(),
    notBefore: time("not_before").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.step, table.item] }),
    index("sweep_failures_age").on(table.notBefore),
  ],
);
