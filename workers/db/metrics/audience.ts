import { counted } from "../statement-count.ts";
import type { MetricsEnv } from "./inbox.ts";

/** From a time, in milliseconds since the epoch, up to another. */
export interface Span {
  from: number;
  to: number;
}

/** Sums of a minute, a day or a period. */
export interface AudienceTotals {
  views: number;
  /** Views that players report on. */
  measured: number;
  /** Seconds of the video. */
  watched: number;
  startups: number;
  startupMs: number;
  rebufferingMs: number;
}

export interface AudienceStep extends AudienceTotals {
  at: number;
}

/** Views with the same value of a dimension. Without a value: the views outside of the largest values of each day. */
export interface AudienceValue {
  dimension: string;
  value: string;
  views: number;
  watched: number;
}

type Table = "audience_minutes" | "audience_days";
const SUMS = `sum(views) AS views, sum(measured) AS measured, sum(watched) AS watched,
  sum(startups) AS startups, sum(startup_ms) AS startupMs, sum(rebuffering_ms) AS rebufferingMs`;
const OF_SUBJECTS = "subject IN (SELECT value FROM json_each(?1)) AND at >= ?2 AND at < ?3";

/** A span of some subjects together, by minute or day. Plan: the primary key, at most a row per subject and step. */
export async function readSteps(
  env: MetricsEnv,
  table: Table,
  subjects: readonly string[],
  { from, to }: Span,
): Promise<AudienceStep[]> {
  const { results } = await counted(env.METRICS)
    .prepare(`SELECT at, ${SUMS} FROM ${table} WHERE ${OF_SUBJECTS} GROUP BY at ORDER BY at`)
    .bind(JSON.stringify(subjects), from, to)
    .all<AudienceStep>();
  return results;
}

/** All values of a span, the largest first. Plan: the primary key, at most `VALUES_PER_DAY` rows per subject, day and dimension. */
export async function readValues(
  env: MetricsEnv,
  subjects: readonly string[],
  { from, to }: Span,
): Promise<AudienceValue[]> {
  const { results } = await counted(env.METRICS)
    .prepare(
      `SELECT dimension, value, sum(views) AS views, sum(watched) AS watched
       FROM audience_values WHERE ${OF_SUBJECTS} GROUP BY 1, 2 ORDER BY 3 DESC, 4 DESC, 2`,
    )
    .bind(JSON.stringify(subjects), from, to)
    .all<AudienceValue>();
  return results;
}

/** The sums of each of some subjects. Plan: the primary key, at most a row per subject and day. */
export async function readSubjects(
  env: MetricsEnv,
  subjects: readonly string[],
  { from, to }: Span,
): Promise<AudienceValue[]> {
  const { results } = await counted(env.METRICS)
    .prepare(
      `SELECT 'video' AS dimension, subject AS value, sum(views) AS views, sum(watched) AS watched
       FROM audience_days WHERE ${OF_SUBJECTS} GROUP BY subject ORDER BY 3 DESC, 4 DESC`,
    )
    .bind(JSON.stringify(subjects), from, to)
    .all<AudienceValue>();
  return results;
}

/** The curves of the days of a span, as JSON lists in tenths. At most a row per day. */
export async function readCurves(
  env: MetricsEnv,
  videoId: string,
  { from, to }: Span,
): Promise<{ measured: number; reached: string; plays: string }[]> {
  const { results } = await counted(env.METRICS)
    .prepare(
      "SELECT measured, reached, plays FROM audience_curves WHERE subject = ? AND at >= ? AND at < ?",
    )
    .bind(videoId, from, to)
    .all<{ measured: number; reached: string; plays: string }>();
  return results;
}
