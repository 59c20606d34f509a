import { sql } from "drizzle-orm";
import type { CreatorOrder } from "../contract/usage-names.ts";
import type { Catalog } from "./client.ts";

export interface CreatorUsageRow {
  ownerId: string;
  name: string | null;
  videos: number | null;
  bytes: number | null;
  openBytes: number | null;
  /** Milliseconds that runners have worked on this day. */
  milliseconds: number | null;
}

const COLUMNS = sql`
  u.name, c.videos, c.bytes, c.open_bytes AS openBytes, e.milliseconds`;
const FIRST = [Number.MAX_SAFE_INTEGER, ""] as const;

/**
 * The usage of creators, largest first. Plan: indexes `creator_usage_bytes` and `creator_usage_videos`; for minutes,
 * the creators for whom runners have worked on this day.
 * @param day number of the UTC day
 * @param before where the previous page ended: its last value and creator
 */
export function listCreatorUsage(
  db: Catalog,
  order: CreatorOrder,
  day: number,
  limit: number,
  before: readonly [value: number, ownerId: string] = FIRST,
): Promise<CreatorUsageRow[]> {
  if (order === "minutes")
    return db.all<CreatorUsageRow>(sql`
      SELECT e.owner_id AS ownerId, ${COLUMNS} FROM encode_usage AS e
      LEFT JOIN creator_usage AS c ON c.owner_id = e.owner_id
      LEFT JOIN user AS u ON u.id = e.owner_id
      WHERE e.day = ${day} AND (e.milliseconds, e.owner_id) < (${before[0]}, ${before[1]})
      ORDER BY e.milliseconds DESC, e.owner_id DESC LIMIT ${limit}`);
  const column = sql.raw(order === "bytes" ? "c.bytes" : "c.videos");
  return db.all<CreatorUsageRow>(sql`
    SELECT c.owner_id AS ownerId, ${COLUMNS} FROM creator_usage AS c
    LEFT JOIN user AS u ON u.id = c.owner_id
    LEFT JOIN encode_usage AS e ON e.owner_id = c.owner_id AND e.day = ${day}
    WHERE ${column} <= ${before[0]} AND (${column}, c.owner_id) < (${before[0]}, ${before[1]})
    ORDER BY ${column} DESC, c.owner_id DESC LIMIT ${limit}`);
}
