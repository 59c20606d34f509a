import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The audit log: each row has the hash of the row before it. Triggers refuse every change of a row, and deleting one that must
 * still be kept (migration `audit_log`).
 */
export const auditLog = sqliteTable(
  "audit_log",
  {
    seq: integer("seq").primaryKey(),
    /** Milliseconds since the epoch. */
    at: integer("at", { mode: "number" }).notNull(),
    action: text("action").notNull(),
    actorId: text("actor_id"),
    actorRole: text("actor_role").notNull(),
    via: text("via", { enum: ["session", "app", "pat", "none"] }).notNull(),
    targetKind: text("target_kind"),
    targetId: text("target_id"),
    /** JSON. Not parsed here, since the hash is over the text. */
    before: text("before"),
    after: text("after"),
    address: text("address").notNull(),
    requestId: text("request_id").notNull(),
    previous: text("previous").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    // Each ends with `seq`, the number of the row.
    index("audit_log_at").on(table.at),
    index("audit_log_action").on(table.action),
    index("audit_log_actor").on(table.actorId),
    index("audit_log_target").on(table.targetId),
  ],
);
