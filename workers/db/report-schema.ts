import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { REPORT_REASONS } from "../contract/report-reasons.ts";

/** Reports that no moderator has closed, one per reporter and video. */
export const reports = sqliteTable(
  "reports",
  {
    id: text("id").primaryKey(),
    videoId: text("video_id").notNull(),
    /** Keyed hash of the reporter's account or address. */
    reporter: text("reporter").notNull(),
    reason: text("reason", { enum: REPORT_REASONS }).notNull(),
    text: text("text").notNull(),
    /** Milliseconds since the epoch. */
    createdAt: integer("created_at", { mode: "number" }).notNull(),
  },
  (table) => [
    uniqueIndex("reports_once").on(table.videoId, table.reporter),
    index("reports_reporter").on(table.reporter),
    index("reports_age").on(table.createdAt, table.id),
  ],
);
