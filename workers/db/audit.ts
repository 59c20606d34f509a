import { and, asc, desc, eq, getTableColumns, gt, lt, lte, type SQL, sql } from "drizzle-orm";
import type { AuditFilter } from "../contract/audit.ts";
import { ACCOUNT_ACTS_PER_DAY, type ChainedAct, MAX_AUDIT_ROWS } from "../domain/audit.ts";
import { user } from "./accounts/auth-schema.ts";
import { auditLog } from "./audit-schema.ts";
import { type Catalog, insertWhen, rowsChanged } from "./client.ts";

export type AuditHead = Pick<ChainedAct, "seq" | "hash">;

const headQuery = (db: Catalog) =>
  db
    .select({ seq: auditLog.seq, hash: auditLog.hash })
    .from(auditLog)
    .orderBy(desc(auditLog.seq))
    .limit(1);

/** The newest row; null while there is none. */
export async function auditHead(db: Catalog): Promise<AuditHead | null> {
  return (await headQuery(db).get()) ?? null;
}

/**
 * The newest row, and the time of the account's hundredth newest act (ACCOUNT_ACTS_PER_DAY), null if it has fewer: if it
 * is less than a day old, the account's share of the log is full. Plan: the end of the table, and as many entries of the
 * actor's index.
 */
export async function auditHeadFor(
  db: Catalog,
  actorId: string,
): Promise<{ head: AuditHead | null; fullSince: number | null }> {
  const [head, acts] = await db.batch([
    headQuery(db),
    db
      .select({ at: auditLog.at })
      .from(auditLog)
      .where(eq(auditLog.actorId, actorId))
      .orderBy(desc(auditLog.seq))
      .limit(1)
      .offset(ACCOUNT_ACTS_PER_DAY - 1),
  ]);
  return { head: head[0] ?? null, fullSince: acts[0]?.at ?? null };
}

/**
 * Adds a row if the row before it is still the newest.
 *
 * The chain cannot fork: `seq` is the primary key, so each row has at most one successor. The condition and the insert
 * are one statement, and a D1 database runs one statement at a time, so no row can come between them. A caller that
 * loses reads the new head and tries again.
 * @returns false if another row came first
 */
export async function appendAct(db: Catalog, row: ChainedAct): Promise<boolean> {
  const isNext = sql`(SELECT coalesce(max(seq), 0) FROM audit_log) = ${row.seq - 1}`;
  return rowsChanged(await insertWhen(db, auditLog, row, isNext)) > 0;
}

/**
 * Rows that match, the newest first. Plan: one of the indexes of action, actor and target if the filter has it, else the table
 * from its end. Times are first converted into row numbers, with one look-up in the index of times each.
 */
export function listActs(
  db: Catalog,
  { action, actor, target, since, until }: AuditFilter,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
) {
  const conditions: (SQL | undefined)[] = [
    lt(auditLog.seq, before),
    action === undefined ? undefined : eq(auditLog.action, action),
    actor === undefined ? undefined : eq(auditLog.actorId, actor),
    target === undefined ? undefined : eq(auditLog.targetId, target),
    since === undefined
      ? undefined
      : sql`${auditLog.seq} >= (SELECT seq FROM audit_log
          WHERE at >= ${Date.parse(since)} ORDER BY at, seq LIMIT 1)`,
    until === undefined
      ? undefined
      : sql`${auditLog.seq} <= (SELECT seq FROM audit_log
          WHERE at < ${Date.parse(until)} ORDER BY at DESC, seq DESC LIMIT 1)`,
  ];
  return db
    .select({
      ...getTableColumns(auditLog),
      actorName: sql<
        string | null
      >`(SELECT name FROM ${user} WHERE ${user.id} = ${auditLog.actorId})`,
    })
    .from(auditLog)
    .where(and(...conditions))
    .orderBy(desc(auditLog.seq))
    .limit(limit);
}

export type ListedAct = Awaited<ReturnType<typeof listActs>>[number];

/** Rows in the order in which they were written. */
export function actsAfter(db: Catalog, after: number, limit: number): Promise<ChainedAct[]> {
  return db
    .select()
    .from(auditLog)
    .where(gt(auditLog.seq, after))
    .orderBy(asc(auditLog.seq))
    .limit(limit);
}

/** One row by its number. */
export async function findAct(db: Catalog, seq: number): Promise<AuditHead | null> {
  const query = db
    .select({ seq: auditLog.seq, hash: auditLog.hash })
    .from(auditLog)
    .where(eq(auditLog.seq, seq));
  return (await query.get()) ?? null;
}

/**
 * Deletes the oldest rows, never the newest one, which continues the chain. Plan: the table from its beginning.
 * @param before only rows that are older, and those beyond the greatest number of rows
 * @returns how many, at most `limit`
 */
export async function forgetOldActs(db: Catalog, before: number, limit: number): Promise<number> {
  const oldest = db.select({ seq: auditLog.seq, at: auditLog.at }).from(auditLog);
  const rows = await oldest.orderBy(asc(auditLog.seq)).limit(limit);
  const head = await auditHead(db);
  const isOld = (row: { seq: number; at: number }) =>
    head !== null &&
    row.seq < head.seq &&
    (row.at < before || row.seq <= head.seq - MAX_AUDIT_ROWS);
  // From the beginning, so that no gap arises.
  const end = rows.findIndex((row) => !isOld(row));
  const old = end === -1 ? rows : rows.slice(0, end);
  const last = old.at(-1);
  if (last) await db.delete(auditLog).where(lte(auditLog.seq, last.seq));
  return old.length;
}
