import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { RunnerCapabilities, RunnerKind } from "../contract/runners.ts";
import type { RunnerFault } from "../domain/tasks/runner-health.ts";

/** Tables of runners. Times are integer milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** Runners that asked for work, with their state and health. */
export const runners = sqliteTable(
  "runners",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<RunnerKind>().notNull(),
    version: integer("version").notNull(),
    capabilities: json<RunnerCapabilities>("capabilities").notNull(),
    slots: integer("slots").notNull(),
    tasksDone: integer("tasks_done").notNull().default(0),
    /** Tasks that failed since the last one that it finished (domain/tasks/runner-health.ts). */
    faults: json<readonly RunnerFault[]>("faults")
      .notNull()
      .default(sql`'[]'`),
    /** Quarantines since then. */
    quarantines: integer("quarantines").notNull().default(0),
    quarantinedAt: time("quarantined_at"),
    quarantinedUntil: time("quarantined_until"),
    quarantineReason: text("quarantine_reason"),
    firstSeenAt: time("first_seen_at").notNull(),
    lastSeenAt: time("last_seen_at").notNull(),
    /** For a container: when it ended; null while it runs. */
    endedAt: time("ended_at"),
  },
  (table) => [
    index("runners_awake")
      .on(table.lastSeenAt)
      .where(sql`kind = 'container' AND ended_at IS NULL`),
    index("runners_seen").on(table.lastSeenAt),
    index("runners_quarantined")
      .on(table.quarantinedUntil)
      .where(sql`quarantined_until IS NOT NULL`),
  ],
);

/** How long runners have worked for a creator on one UTC day, and until when the creator's tasks wait. */
export const encodeUsage = sqliteTable(
  "encode_usage",
  {
    ownerId: text("owner_id").primaryKey(),
    /** Days since the epoch. */
    day: integer("day").notNull(),
    milliseconds: integer("milliseconds").notNull(),
    heldUntil: time("held_until"),
  },
  (table) => [
    index("encode_usage_held")
      .on(table.heldUntil)
      .where(sql`held_until IS NOT NULL`),
    index("encode_usage_day").on(table.day),
  ],
);

/** Tokens of remote runners, as hashes. */
export const runnerTokens = sqliteTable(
  "runner_tokens",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    hint: text("hint").notNull(),
    hash: text("hash").notNull(),
    /** The admin who issued it. It does not act for that account, and outlives it. */
    createdBy: text("created_by").notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [uniqueIndex("runner_tokens_hash").on(table.hash)],
);
