import type { CensusSums } from "../census.ts";
import { counted } from "../statement-count.ts";
import type { MetricsEnv } from "./inbox.ts";

/** The current pass over all videos, and the results of the last complete one. */
export interface Census extends CensusSums {
  startedAt: number;
  /** Number of the last row; null between passes. */
  cursor: number | null;
  /** Null before the first whole pass. */
  lastMinutes: number | null;
  lastBytes: number | null;
}

export function readCensus(env: MetricsEnv): Promise<Census | null> {
  return counted(env.METRICS)
    .prepare(
      `SELECT started_at AS startedAt, cursor, seconds, source_bytes AS sourceBytes,
         measured_source_bytes AS measuredSourceBytes, measured_bytes AS measuredBytes,
         last_minutes AS lastMinutes, last_bytes AS lastBytes
       FROM census WHERE id = 1`,
    )
    .first<Census>();
}

export async function saveCensus(env: MetricsEnv, census: Census): Promise<void> {
  await counted(env.METRICS)
    .prepare(
      `INSERT OR REPLACE INTO census (id, started_at, cursor, seconds, source_bytes,
         measured_source_bytes, measured_bytes, last_minutes, last_bytes)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      census.startedAt,
      census.cursor,
      census.seconds,
      census.sourceBytes,
      census.measuredSourceBytes,
      census.measuredBytes,
      census.lastMinutes,
      census.lastBytes,
    )
    .run();
}
