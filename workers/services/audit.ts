import { z } from "zod";
import type {
  AuditEntry,
  AuditExportQuery,
  AuditFilter,
  AuditPage,
  AuditQuery,
  AuditVerification,
} from "../contract/audit.ts";
import {
  actsAfter,
  appendAct,
  auditHead,
  auditHeadFor,
  findAct,
  forgetOldActs,
  type ListedAct,
  listActs,
} from "../db/audit.ts";
import { accountOfEmail } from "../db/accounts/accounts.ts";
import { type Catalog, catalog } from "../db/client.ts";
import {
  type AuditedAct,
  auditedJson,
  chained,
  type ChainedAct,
  firstBroken,
  isStaffRole,
  MIN_AUDIT_DAYS,
  networkOf,
} from "../domain/audit.ts";
import { csvOf } from "../domain/csv.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { log } from "../log.ts";
import { currentTrace } from "../trace.ts";

type AuditEnv = Pick<Env, "CATALOG">;

const DAY_MS = 86_400_000;
/** With up to this many concurrent acts, each succeeds: every failed try means that another row was written. */
const MAX_APPEND_TRIES = 24;
const MAX_WAIT_MS = 40;
const ROWS_PER_STATEMENT = 500;
const MAX_EXPORTED_ROWS = 20_000;
const MAX_VERIFIED_ROWS = 10_000;

export interface Act {
  /** Such as `reports.hide-video` or `auth.password-changed`. */
  action: string;
  /** Null for acts without a signed-in account. */
  actor: { id: string | null; role: string; via?: AuditedAct["via"] };
  target?: { kind: string; id: string } | null;
  /** The values that it changes; secrets in them are removed. */
  before?: unknown;
  after?: unknown;
  /** IP address; only its network is kept. */
  address?: string;
}

/**
 * Records an act after it has happened. It fails closed: without its row, the caller gets an error, and the Worker's
 * log has the act.
 * @throws AppError unavailable
 */
export async function recordAudit(env: AuditEnv, act: Act): Promise<void> {
  const { action, actor, target } = act;
  const row: AuditedAct = {
    at: Date.now(),
    action,
    actorId: actor.id,
    actorRole: actor.role,
    via: actor.via ?? "none",
    targetKind: target?.kind ?? null,
    targetId: target?.id ?? null,
    before: auditedJson(act.before),
    after: auditedJson(act.after),
    address: networkOf(act.address ?? ""),
    requestId: currentTrace()?.requestId ?? "",
  };
  try {
    const written = await append(env, row);
    // The hash is also in the Worker's log, which cannot be changed by writing to the database.
    if (written) log("audit.recorded", { seq: written.seq, action, hash: written.hash });
    else log("audit.full", { action, actor: actor.id });
  } catch (error) {
    log("audit.lost", { ...row, error });
    throw new AppError(
      "unavailable",
      "The change was made, but it could not be recorded in the audit log. Check the result before you try again.",
      { cause: error },
    );
  }
}

/** @returns the row; null for an account that does not run the site and has filled its share of the day */
async function append(env: AuditEnv, act: AuditedAct): Promise<ChainedAct | null> {
  const db = catalog(env);
  const isLimited = act.actorId !== null && !isStaffRole(act.actorRole);
  let row: ChainedAct | null = null;
  for (let tries = 0; tries < MAX_APPEND_TRIES; tries++) {
    const { head, fullSince } = isLimited
      ? await auditHeadFor(db, act.actorId ?? "")
      : { head: await auditHead(db), fullSince: null };
    if (fullSince !== null && fullSince > act.at - DAY_MS) return null;
    // An earlier attempt was written, but its response got lost.
    if (row && head?.hash === row.hash) return row;
    row = await chained(act, head);
    if (await appendAct(db, row).catch(() => false)) return row;
    await scheduler.wait(Math.random() * MAX_WAIT_MS);
  }
  throw new Error("Other acts always came first, or the database did not answer.");
}

const Cursor = z.int();

/** Acts that match, the newest first. @throws AppError invalid_cursor */
export async function searchAudit(env: AuditEnv, query: AuditQuery): Promise<AuditPage> {
  const { limit, cursor, ...filter } = query;
  const before = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
  const db = catalog(env);
  const rows = await listActs(db, await withActorId(db, filter), limit + 1, before);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentAct),
    nextCursor: rows.length > limit && last ? encodeCursor(last.seq) : null,
  };
}

/** The filter with the id of an actor whose email address it has: an id is never one, so unknown addresses match nothing. */
async function withActorId(db: Catalog, filter: AuditFilter): Promise<AuditFilter> {
  const { actor } = filter;
  if (!actor?.includes("@")) return filter;
  return { ...filter, actor: (await accountOfEmail(db, actor)) ?? actor };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function presentAct(row: ListedAct): AuditEntry {
  const { seq, at, action, actorId, actorName, actorRole, via, targetKind, targetId } = row;
  const { address, requestId, previous, hash } = row;
  return {
    ...{ seq, action, address, requestId, previous, hash },
    at: new Date(at).toISOString(),
    actor: { id: actorId, name: actorName, role: actorRole, via },
    target: targetKind === null || targetId === null ? null : { kind: targetKind, id: targetId },
    before: parsed(row.before),
    after: parsed(row.after),
  };
}

/** The acts that match, the newest first, as lines of CSV or JSON; at most 20,000. */
export async function exportAudit(
  env: AuditEnv,
  query: AuditExportQuery,
): Promise<ReadableStream<Uint8Array>> {
  const { format, before, ...wanted } = query;
  const db = catalog(env);
  const filter = await withActorId(db, wanted);
  const encoder = new TextEncoder();
  let next = before;
  let count = 0;
  return new ReadableStream({
    start(controller) {
      if (format === "csv") controller.enqueue(encoder.encode(csvOf([CSV_COLUMNS])));
    },
    async pull(controller) {
      const rows = await listActs(db, filter, ROWS_PER_STATEMENT, next);
      const lines = rows.map((row) =>
        format === "csv" ? csvOf([csvValues(row)]) : `${JSON.stringify(presentAct(row))}\n`,
      );
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.join("")));
      next = rows.at(-1)?.seq;
      count += rows.length;
      if (rows.length < ROWS_PER_STATEMENT || count >= MAX_EXPORTED_ROWS) controller.close();
    },
  });
}

const CSV_COLUMNS = [
  ...["seq", "at", "action", "actor", "name", "role", "via", "target kind", "target"],
  ...["before", "after", "address", "request", "previous", "hash"],
];

function csvValues(row: ListedAct): string[] {
  const { seq, at, action, actorId, actorName, actorRole, via, targetKind, targetId } = row;
  const values = [seq, new Date(at).toISOString(), action, actorId, actorName, actorRole, via];
  const others = [targetKind, targetId, row.before, row.after, row.address, row.requestId];
  return [...values, ...others, row.previous, row.hash].map((value) => String(value ?? ""));
}

/** Checks the chain from the row after `after`, at most 10,000 rows. */
export async function verifyAudit(env: AuditEnv, after: number): Promise<AuditVerification> {
  const db = catalog(env);
  const head = await auditHead(db);
  let last = after === 0 ? null : await findAct(db, after);
  if (after > 0 && !last)
    throw new AppError("not_found", "There is no row with this number. Start without `after`.");
  let checked = 0;
  for (;;) {
    const rows = await actsAfter(db, last?.seq ?? 0, ROWS_PER_STATEMENT);
    const broken = await firstBroken(rows, last);
    if (broken)
      return {
        checked: checked + rows.filter(({ seq }) => seq < broken.seq).length,
        broken,
        next: null,
        head,
      };
    checked += rows.length;
    last = rows.at(-1) ?? last;
    const isEnd = rows.length < ROWS_PER_STATEMENT;
    if (isEnd || checked >= MAX_VERIFIED_ROWS)
      return { checked, broken: null, next: isEnd ? null : (last?.seq ?? null), head };
  }
}

/** Deletes what is older than AUDIT_DAYS. @returns how many, at most `limit` */
export function pruneAudit(
  env: AuditEnv & { AUDIT_DAYS: string },
  now: number,
  limit: number,
): Promise<number> {
  const days = Number(env.AUDIT_DAYS);
  if (!Number.isInteger(days) || days < MIN_AUDIT_DAYS)
    throw new Error(`AUDIT_DAYS is a number of days, ${MIN_AUDIT_DAYS} or more.`);
  return forgetOldActs(catalog(env), now - days * DAY_MS, limit);
}
