import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name, { mode: "number" });

/** Uploads whose file the Worker reads from a link. Only those have a row, which goes with the upload. */
export const uploadLinks = sqliteTable(
  "upload_links",
  {
    uploadId: text("upload_id").primaryKey(),
    videoId: text("video_id").notNull(),
    /** The link; empty once the upload has ended, because links are often secret. */
    url: text("url").notNull(),
    /** For `If-Range`; null if the file has to be read as one stream. */
    validator: text("validator"),
    /** Bytes of the file; null if its server does not send the size. */
    size: integer("size"),
    /** Bytes that are stored. */
    bytes: integer("bytes").notNull().default(0),
    /** Claim of the consumer that is reading. */
    claim: text("claim"),
    /** When the cron sends a message, unless something happens before; null once the upload has ended. */
    dueAt: time("due_at"),
    /** Attempts in a row that stored nothing. */
    failures: integer("failures").notNull().default(0),
    /** Why it could not be read. */
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
  },
  (table) => [
    index("upload_links_due")
      .on(table.dueAt)
      .where(sql`due_at IS NOT NULL`),
    index("upload_links_video").on(table.videoId),
  ],
);
