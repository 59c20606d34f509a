import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { STORAGE_PROBLEMS } from "../domain/storage-problems.ts";

/** Tables with which the product looks after itself. Times are integer milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** The queues that the outbox sends to. */
export const OUTBOX_QUEUES = ["transcode", "events", "checksums"] as const;

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

/** The results of checking a video's objects in storage. A video without a row has not been checked. */
export const storageChecks = sqliteTable(
  "storage_checks",
  {
    videoId: text("video_id").primaryKey(),
    /** Hash of the uploaded file, in hex; null until it has been read completely. */
    sourceSha256: text("source_sha256"),
    /** When the uploaded file was last read whole and found to have this hash. */
    sourceCheckedAt: time("source_checked_at"),
    /** What is lost and cannot be recreated automatically. */
    problem: text("problem", { enum: STORAGE_PROBLEMS }),
    /** How often the video was encoded again because objects were lost. */
    repairs: integer("repairs").notNull().default(0),
    repairedAt: time("repaired_at"),
    /** Since when there are objects that nothing refers to. */
    orphansSince: time("orphans_since"),
    /** Bytes of all of its objects, including its source, when it was last compared; null before. */
    storedBytes: integer("stored_bytes"),
    checkedAt: time("checked_at"),
  },
  (table) => [
    index("storage_checks_repaired")
      .on(table.repairedAt)
      .where(sql`repaired_at IS NOT NULL`),
  ],
);

/** The one row of the comparison of storage and catalogue: where it is, and how much is left to do tonight. */
export const reconciliation = sqliteTable("reconciliation", {
  id: integer("id").primaryKey(),
  phase: text("phase", { enum: ["videos", "objects", "sources", "captions"] }).notNull(),
  /** The last video that was compared, or R2's cursor; empty at the beginning of a phase. */
  cursor: text("cursor").notNull(),
  /** Number of the night, and the rest of its share. */
  night: integer("night").notNull(),
  quota: integer("quota").notNull(),
  /** When the last complete comparison began, and when this one did. */
  completedAt: time("completed_at"),
  startedAt: time("started_at").notNull(),
});

/**
 * Accounts that were deleted within the last hour, added by a trigger. Other triggers refuse rows for them (`account_deleted`):
 * a write that was checked before the account was deleted must not arrive after it.
 */
export const deletedAccounts = sqliteTable(
  "deleted_accounts",
  {
    id: text("id").primaryKey(),
    deletedAt: time("deleted_at").notNull(),
    /** When the sweep deleted its contents again, in case the deletion was interrupted. */
    clearedAt: time("cleared_at"),
  },
  (table) => [index("deleted_accounts_age").on(table.deletedAt)],
);
