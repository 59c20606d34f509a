import { and, desc, eq, gt, inArray, lt, ne, or, sql } from "drizzle-orm";
import type { RunnerCapabilities, RunnerKind } from "../contract/runners.ts";
import type { TaskKind } from "../contract/transcodes.ts";
import { LIMITS } from "../domain/limits.ts";
import {
  afterFault,
  isCommonFault,
  type QuarantineTimes,
  type RunnerFault,
  withoutFault,
} from "../domain/tasks/runner-health.ts";
import { type Catalog, insertWhen } from "./client.ts";
import { runners } from "./runner-schema.ts";

export type RunnerRow = typeof runners.$inferSelect;

/** A runner, as it introduces itself when it asks for work. */
export interface RunnerIntroduction {
  id: string;
  kind: RunnerKind;
  version: number;
  capabilities: RunnerCapabilities;
  slots: number;
}

/** How often the row of a runner that keeps asking for work is updated. */
const SEEN_INTERVAL_MS = 60_000;
/** A runner that was seen within this time counts as live. */
const LIVE_MS = 10 * 60_000;
/** A container that was seen within this time still runs, unless it has ended: longer than any task. */
const AWAKE_MS = 15 * 60_000;
/** Tries to change the health of a runner that other failures change at the same time. */
const MAX_HEALTH_WRITES = 5;

/** The quarantine of a runner that has not ended yet. */
export function quarantineOf(row: RunnerRow, now: number): QuarantineTimes | null {
  const { quarantinedAt: since, quarantinedUntil: until, quarantineReason: reason } = row;
  if (since === null || until === null || until <= now) return null;
  return { since, until, reason: reason ?? "" };
}

export async function findRunner(db: Catalog, id: string): Promise<RunnerRow | null> {
  return (await db.select().from(runners).where(eq(runners.id, id)).get()) ?? null;
}

/**
 * Records that a runner asks for work. Plan: one row by its primary key; one write per minute at most, or when it has
 * changed.
 * @returns its quarantine, if it is in one
 */
export async function seeRunner(
  db: Catalog,
  { id, ...introduction }: RunnerIntroduction,
  now: number,
): Promise<QuarantineTimes | null> {
  const row = await findRunner(db, id);
  if (!row) {
    const isWithinLimit = sql`${db.$count(runners)} < ${LIMITS.runners}`;
    const fresh = { id, ...introduction, firstSeenAt: now, lastSeenAt: now };
    await insertWhen(db, runners, fresh, isWithinLimit);
    return null;
  }
  const isChanged =
    row.endedAt !== null ||
    row.version !== introduction.version ||
    row.slots !== introduction.slots ||
    JSON.stringify(row.capabilities) !== JSON.stringify(introduction.capabilities);
  if (isChanged || now - row.lastSeenAt >= SEEN_INTERVAL_MS)
    await db
      .update(runners)
      .set({ ...introduction, lastSeenAt: now, endedAt: null })
      .where(eq(runners.id, id));
  return quarantineOf(row, now);
}

/**
 * Counts a failed task against a runner; the third different one in a row starts its quarantine. A task that has failed
 * on several runners counts against none of them.
 * @param detail what the runner said, for the operator
 * @param others runners on which the same task failed before
 * @returns the quarantine that starts
 */
export async function chargeRunner(
  db: Catalog,
  id: string,
  fault: RunnerFault,
  detail: string,
  others: readonly string[],
): Promise<QuarantineTimes | null> {
  const elsewhere = others.filter((other) => other !== id);
  for (const other of elsewhere)
    await changeHealth(db, other, (row) => ({ health: withoutFault(row, fault.taskId) }));
  if (elsewhere.length > 0) return null;
  const { isCommon, isOnly } = await othersOf(db, fault.at);
  return changeHealth(db, id, (row) => {
    const after = afterFault(row, fault, detail);
    // A container is replaced by another one; a laptop has no other transcoder that could continue.
    const isSpared = isCommon || (isOnly && row.kind === "local");
    // The runner stays one fault away from its quarantine.
    return after.quarantine && isSpared ? { health: row } : after;
  });
}

interface HealthChange {
  health: Pick<RunnerRow, "faults" | "quarantines">;
  quarantine?: QuarantineTimes | null;
}

/** Reads, decides and writes, again if another failure of the same runner came between. */
async function changeHealth(
  db: Catalog,
  id: string,
  decide: (row: RunnerRow) => HealthChange,
): Promise<QuarantineTimes | null> {
  for (let tries = 0; tries < MAX_HEALTH_WRITES; tries++) {
    const row = await findRunner(db, id);
    if (!row) return null;
    const { health, quarantine } = decide(row);
    if (health === row) return null;
    const written = await db
      .update(runners)
      .set({
        faults: health.faults,
        quarantines: health.quarantines,
        ...(quarantine && {
          quarantinedAt: quarantine.since,
          quarantinedUntil: quarantine.until,
          quarantineReason: quarantine.reason,
        }),
      })
      .where(
        and(
          eq(runners.id, id),
          eq(runners.faults, row.faults),
          eq(runners.quarantines, row.quarantines),
        ),
      )
      .returning({ id: runners.id });
    if (written.length > 0) return quarantine ?? null;
  }
  return null;
}

/** Plan: counts by the indexes on both times, at most `LIMITS.runners` rows, and only after a failure. */
async function othersOf(db: Catalog, now: number): Promise<{ isCommon: boolean; isOnly: boolean }> {
  const inQuarantine = gt(runners.quarantinedUntil, now);
  const live = await db.$count(runners, or(gt(runners.lastSeenAt, now - LIVE_MS), inQuarantine));
  const isCommon = isCommonFault(live, await db.$count(runners, inQuarantine));
  return { isCommon, isOnly: live <= 1 };
}

/** Slots of the processes and remote runners that were seen lately. Plan: live runners by the index on that time. */
export async function slotsBesideContainers(db: Catalog, now: number): Promise<number> {
  const row = await db
    .select({ slots: sql<number>`coalesce(sum(${runners.slots}), 0)` })
    .from(runners)
    .where(and(gt(runners.lastSeenAt, now - LIVE_MS), ne(runners.kind, "container")))
    .get();
  return row?.slots ?? 0;
}

/** A runner that was seen within this time is expected to ask for work again: a private computer may be off at night. */
const EXPECTED_MS = 24 * 3_600_000;

/** Whether a runner that can do tasks of a kind is expected to ask for work. Plan: recent runners by the index on that time. */
export async function hasRunnerFor(db: Catalog, kind: TaskKind, now: number): Promise<boolean> {
  const found = await db
    .select({ id: runners.id })
    .from(runners)
    .where(
      and(
        gt(runners.lastSeenAt, now - EXPECTED_MS),
        sql`coalesce(quarantined_until, 0) <= ${now}`,
        sql`${kind} IN (SELECT value FROM json_each(${runners.capabilities}, '$.kinds'))`,
      ),
    )
    .limit(1);
  return found.length > 0;
}

/** Every runner, the last seen first. */
export function listRunners(db: Catalog): Promise<RunnerRow[]> {
  return db.select().from(runners).orderBy(desc(runners.lastSeenAt)).limit(LIMITS.runners).all();
}

export function runnersById(db: Catalog, ids: readonly string[]): Promise<RunnerRow[]> {
  return db
    .select()
    .from(runners)
    .where(inArray(runners.id, sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`))
    .all();
}

/** Ends the quarantine of a runner and forgets its faults. Repeating it is harmless. */
export async function liftQuarantine(db: Catalog, id: string): Promise<void> {
  await db
    .update(runners)
    .set({
      faults: [],
      quarantines: 0,
      quarantinedAt: null,
      quarantinedUntil: null,
      quarantineReason: null,
    })
    .where(eq(runners.id, id));
}

const isAwake = (now: number) =>
  sql`kind = 'container' AND ended_at IS NULL AND last_seen_at > ${now - AWAKE_MS}`;

/** Expression for how many containers run. Plan: index `runners_awake`. */
export const countAwake = (db: Catalog, now: number) =>
  db.$count(runners, sql`${isAwake(now)} AND coalesce(quarantined_until, 0) <= ${now}`);

/**
 * The containers to start when this many are needed: the lowest numbers that neither run nor are in quarantine, so that a
 * fresh container replaces one that fails. Plan: the runners in quarantine and the containers that run, by their indexes.
 * @param trust whether those that have reported and not ended count as running
 */
export async function containersToWake(
  db: Catalog,
  count: number,
  now: number,
  trust: boolean,
): Promise<string[]> {
  const rows = await db
    .select({ id: runners.id, isInQuarantine: sql<number>`0` })
    .from(runners)
    .where(trust ? isAwake(now) : sql`0`)
    .unionAll(
      db
        .select({ id: runners.id, isInQuarantine: sql<number>`1` })
        .from(runners)
        .where(and(gt(runners.quarantinedUntil, now), eq(runners.kind, "container"))),
    );
  const inQuarantine = new Set(
    rows.flatMap(({ id, isInQuarantine }) => (isInQuarantine ? id : [])),
  );
  const awake = new Set(rows.map(({ id }) => id).filter((id) => !inQuarantine.has(id)));
  const ids: string[] = [];
  for (let number = 0; ids.length + awake.size < count; number++) {
    const id = `container-${number}`;
    if (!inQuarantine.has(id) && !awake.has(id)) ids.push(id);
  }
  return ids;
}

/** Notes that a container does not run any more. */
export async function noteEnd(db: Catalog, id: string, now: number): Promise<void> {
  await db.update(runners).set({ endedAt: now }).where(eq(runners.id, id));
}

/** Deletes runners that were not seen since a time, except runners with a token, which are deleted with the token. */
export async function forgetRunners(db: Catalog, before: number): Promise<void> {
  await db.delete(runners).where(and(lt(runners.lastSeenAt, before), ne(runners.kind, "remote")));
}
