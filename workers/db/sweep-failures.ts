import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { sweepFailures } from "./upkeep-schema.ts";

/** How many items one step may skip. If more fail, the items are not the cause. */
const MAX_ITEMS_PER_STEP = 1000;
const FIRST_DELAY_MS = 60_000;
const MAX_DELAY_MS = 3_600_000;
/** A row is of no use this long after its item could have been tried again: the item is gone. */
const RETENTION_MS = 86_400_000;

/** The items on which a step has failed before, each with the time from which it may be tried again. */
export async function failedItems(db: Catalog, step: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ item: sweepFailures.item, notBefore: sweepFailures.notBefore })
    .from(sweepFailures)
    .where(eq(sweepFailures.step, step))
    .orderBy(desc(sweepFailures.notBefore))
    .limit(MAX_ITEMS_PER_STEP);
  return new Map(rows.map(({ item, notBefore }) => [item, notBefore]));
}

/**
 * Records that a step has failed on an item. The item waits for a minute after the first failure, and up to an hour
 * after later ones.
 */
export async function noteFailure(
  db: Catalog,
  step: string,
  item: string,
  now: number,
): Promise<void> {
  const delay = sql`min(${MAX_DELAY_MS}, ${FIRST_DELAY_MS} * (1 << min(failures, 10)))`;
  await db
    .insert(sweepFailures)
    .values({ step, item, failures: 1, notBefore: now + FIRST_DELAY_MS })
    .onConflictDoUpdate({
      target: [sweepFailures.step, sweepFailures.item],
      set: { failures: sql`failures + 1`, notBefore: sql`${now} + ${delay}` },
    });
}

export async function forgetFailure(db: Catalog, step: string, item: string): Promise<void> {
  await db
    .delete(sweepFailures)
    .where(and(eq(sweepFailures.step, step), eq(sweepFailures.item, item)));
}

/** Deletes the failures of items that were not tried again for long. */
export async function forgetOldFailures(db: Catalog, now: number): Promise<void> {
  await db.delete(sweepFailures).where(lt(sweepFailures.notBefore, now - RETENTION_MS));
}
