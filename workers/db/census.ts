import { sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";

/** Sums over some videos. */
export interface CensusSums {
  /** Total duration of the videos that can be watched. */
  seconds: number;
  sourceBytes: number;
  /** For videos whose objects have been measured: bytes of their sources, and of all of their objects. */
  measuredSourceBytes: number;
  measuredBytes: number;
}

/** Sums over the next videos in the order of their rows. Plan: a range of rows, each with one look-up in `storage_checks`. */
export async function sumVideos(
  db: Catalog,
  after: number,
  limit: number,
): Promise<CensusSums & { rows: number; last: number }> {
  const [sums] = await db.all<CensusSums & { rows: number; last: number }>(sql`
    SELECT count(*) AS rows, coalesce(max(n), ${after}) AS last, total(seconds) AS seconds,
      total(bytes) AS sourceBytes, total(iif(stored IS NULL, 0, bytes)) AS measuredSourceBytes,
      total(stored) AS measuredBytes
    FROM (
      SELECT v.rowid AS n, iif(v.erased_at IS NULL, v.source_bytes, 0) AS bytes,
        CASE WHEN v.erased_at IS NULL AND v.state IN ('playable', 'ready') THEN v.duration END AS seconds,
        CASE WHEN v.erased_at IS NULL THEN s.stored_bytes END AS stored
      FROM videos AS v LEFT JOIN storage_checks AS s ON s.video_id = v.id
      WHERE v.rowid > ${after} ORDER BY v.rowid LIMIT ${limit})`);
  if (!sums) throw new Error("A query without rows.");
  return sums;
}
