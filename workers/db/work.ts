import { type SQL, sql } from "drizzle-orm";
import type { TaskKind } from "../contract/transcodes.ts";
import type { Catalog } from "./client.ts";
import { whereFailed } from "./schema.ts";

/** Counts stop here. */
const MAX_COUNTED = 1000;
/** How many creators with waiting tasks of a kind one page reads, longest waiting first. */
const MAX_LANES = 200;

/** A task with the names of its video and its creator; null where their rows are gone. */
export interface WorkTaskRow {
  id: string;
  kind: TaskKind;
  name: string;
  attempt: number;
  progress: number;
  runner: string | null;
  errorCode: string | null;
  errorDetail: string | null;
  since: number;
  startedAt: number | null;
  notBefore: number;
  finishedAt: number | null;
  videoId: string;
  title: string | null;
  ownerId: string;
  ownerName: string | null;
  priority: number;
}

const COLUMNS = sql`
  t.id, t.kind, t.name, t.attempt, t.progress, t.runner, t.error_code AS errorCode,
  t.error_detail AS errorDetail, t.since, t.started_at AS startedAt, t.not_before AS notBefore,
  t.finished_at AS finishedAt, t.video_id AS videoId, v.title, t.owner_id AS ownerId,
  u.name AS ownerName, t.priority`;
const NAMES = sql`LEFT JOIN videos AS v ON v.id = t.video_id LEFT JOIN user AS u ON u.id = t.owner_id`;

/** Tasks that run, the longest first. Plan: index `tasks_lease`, all that run. */
export function runningTasks(
  db: Catalog,
  limit: number,
  after: readonly [startedAt: number, id: string] = [0, ""],
): Promise<WorkTaskRow[]> {
  return db.all<WorkTaskRow>(sql`
    SELECT ${COLUMNS} FROM tasks AS t ${NAMES}
    WHERE t.state = 'running' AND t.lease_until > 0
      AND (coalesce(t.started_at, 0), t.id) > (${after[0]}, ${after[1]})
    ORDER BY coalesce(t.started_at, 0), t.id LIMIT ${limit}`);
}

/**
 * Tasks that may start, the oldest first. Plan: `lanes`, one row per creator and kind; of the oldest of them one range of
 * index `tasks_lane` each. The oldest tasks are in the lanes whose heads are oldest.
 */
export function waitingTasks(
  db: Catalog,
  limit: number,
  after: readonly [since: number, priority: number, id: string] = [0, 0, ""],
): Promise<WorkTaskRow[]> {
  const position = sql`(${after[0]}, ${after[1]}, ${after[2]})`;
  return db.all<WorkTaskRow>(sql`
    WITH heads AS (SELECT owner_id, lane FROM lanes ORDER BY since LIMIT ${MAX_LANES})
    SELECT ${COLUMNS} FROM heads
    CROSS JOIN tasks AS t ON t.rowid IN (
      SELECT w.rowid FROM tasks AS w
      WHERE w.owner_id = heads.owner_id AND w.lane = heads.lane AND w.runnable = 1
        AND w.since >= ${after[0]} AND (w.since, w.priority, w.id) > ${position}
      ORDER BY w.since, w.priority, w.id LIMIT ${limit})
    ${NAMES}
    ORDER BY t.since, t.priority, t.id LIMIT ${limit}`);
}

/** Tasks that wait for another try, the next first. Plan: index `tasks_waiting`. */
export function retryingTasks(
  db: Catalog,
  limit: number,
  after: readonly [notBefore: number, id: string] = [0, ""],
): Promise<WorkTaskRow[]> {
  return db.all<WorkTaskRow>(sql`
    SELECT ${COLUMNS} FROM tasks AS t ${NAMES}
    WHERE t.state = 'queued' AND t.not_before > 0 AND t.not_before >= ${after[0]}
      AND (t.not_before, t.id) > (${after[0]}, ${after[1]})
    ORDER BY t.not_before, t.id LIMIT ${limit}`);
}

/** The codes in the first column of an index, one look-up each. */
function codesOf(table: SQL, condition: SQL): SQL {
  const next = (after: SQL) => sql`(
    SELECT error_code FROM ${table} WHERE ${condition} AND error_code > ${after}
    ORDER BY error_code LIMIT 1)`;
  return sql`
    SELECT ${next(sql`''`)} AS code
    UNION ALL SELECT ${next(sql`codes.code`)} FROM codes WHERE codes.code IS NOT NULL`;
}

const isDead = sql`state = 'dead'`;
/** Excludes tasks of failed videos, which are in the list of failed videos. */
const isOfWatchable = sql`EXISTS (
  SELECT 1 FROM transcodes AS c
  WHERE c.video_id = d.video_id AND c.version = d.version AND c.state <> 'failed')`;
/** Condition for a code to be shown: tasks that ended with their video have no code of their own. */
const isOwn = sql`code IS NOT NULL AND code <> 'cancelled'`;
const NEWEST = [Number.MAX_SAFE_INTEGER, ""] as const;

/**
 * Permanently failed tasks of watchable videos, newest first. Plan: index `tasks_dead`, a page of each error, and the
 * tasks of videos that failed within the last hour.
 */
export function failedTasks(
  db: Catalog,
  limit: number,
  code: string | undefined,
  before: readonly [finishedAt: number, id: string] = NEWEST,
): Promise<WorkTaskRow[]> {
  const codes = code === undefined ? codesOf(sql`tasks`, isDead) : sql`SELECT ${code} AS code`;
  return db.all<WorkTaskRow>(sql`
    WITH RECURSIVE codes AS (${codes})
    SELECT ${COLUMNS} FROM codes
    CROSS JOIN tasks AS t ON t.rowid IN (
      SELECT d.rowid FROM tasks AS d
      WHERE d.state = 'dead' AND d.error_code = codes.code AND d.finished_at <= ${before[0]}
        AND (d.finished_at, d.id) < (${before[0]}, ${before[1]}) AND ${isOfWatchable}
      ORDER BY d.finished_at DESC, d.id DESC LIMIT ${limit})
    ${NAMES}
    WHERE ${isOwn}
    ORDER BY t.finished_at DESC, t.id DESC LIMIT ${limit}`);
}

export interface FailedVideoRow {
  id: string;
  title: string;
  ownerId: string;
  ownerName: string | null;
  errorCode: string;
  errorDetail: string | null;
  updatedAt: number;
}

/** Videos that have failed, the newest first. Plan: index `videos_failed`, a page of each error. */
export function failedVideos(
  db: Catalog,
  limit: number,
  code: string | undefined,
  before: readonly [updatedAt: number, id: string] = NEWEST,
): Promise<FailedVideoRow[]> {
  const codes =
    code === undefined ? codesOf(sql`videos`, sql`${whereFailed}`) : sql`SELECT ${code} AS code`;
  return db.all<FailedVideoRow>(sql`
    WITH RECURSIVE codes AS (${codes})
    SELECT v.id, v.title, v.owner_id AS ownerId, u.name AS ownerName, v.error_code AS errorCode,
      v.error_detail AS errorDetail, v.updated_at AS updatedAt
    FROM codes
    CROSS JOIN videos AS v ON v.rowid IN (
      SELECT rowid FROM videos
      WHERE ${whereFailed} AND error_code = codes.code AND updated_at <= ${before[0]}
        AND (updated_at, id) < (${before[0]}, ${before[1]})
      ORDER BY updated_at DESC, id DESC LIMIT ${limit})
    LEFT JOIN user AS u ON u.id = v.owner_id
    WHERE code IS NOT NULL
    ORDER BY v.updated_at DESC, v.id DESC LIMIT ${limit}`);
}

/** Ids of videos that have failed with an error and whose sources are there. Plan: index `videos_failed`. */
export async function failedVideoIds(db: Catalog, code: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    SELECT id FROM videos WHERE ${whereFailed} AND error_code = ${code} AND source_key IS NOT NULL
    ORDER BY updated_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

interface ErrorCount {
  code: string;
  tasks: number;
  videos: number;
}

/** How many tasks and videos have failed with each error. Plan: `tasks_dead` and `videos_failed`, up to a limit. */
export async function countErrors(db: Catalog): Promise<ErrorCount[]> {
  const upTo = (rows: SQL) =>
    sql`(SELECT count(*) FROM (SELECT 1 FROM ${rows} LIMIT ${MAX_COUNTED}))`;
  const tasks = db.all<{ code: string; n: number }>(sql`
    WITH RECURSIVE codes AS (${codesOf(sql`tasks`, isDead)})
    SELECT code, ${upTo(sql`tasks AS d WHERE ${isDead} AND error_code = code AND ${isOfWatchable}`)} AS n
    FROM codes WHERE ${isOwn}`);
  const videos = db.all<{ code: string; n: number }>(sql`
    WITH RECURSIVE codes AS (${codesOf(sql`videos`, sql`${whereFailed}`)})
    SELECT code, ${upTo(sql`videos WHERE ${whereFailed} AND error_code = code`)} AS n
    FROM codes WHERE code IS NOT NULL`);
  const [ofTasks, ofVideos] = await Promise.all([tasks, videos]);
  const codes = [
    ...new Set([...ofTasks, ...ofVideos].filter(({ n }) => n > 0).map(({ code }) => code)),
  ];
  const numberOf = (rows: readonly { code: string; n: number }[], code: string) =>
    rows.find((row) => row.code === code)?.n ?? 0;
  return codes
    .map((code) => ({ code, tasks: numberOf(ofTasks, code), videos: numberOf(ofVideos, code) }))
    .toSorted((a, b) => b.tasks + b.videos - (a.tasks + a.videos));
}
