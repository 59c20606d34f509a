import type { Catalog } from "../db/client.ts";
import { failedItems, forgetFailure, noteFailure } from "../db/sweep-failures.ts";
import { statementsLeft } from "../db/statement-count.ts";
import { log } from "../log.ts";

/** How long one step of the sweep may work. */
const STEP_BUDGET_MS = 12_000;
const ITEMS_PER_PAGE = 50;
/** Small enough for one transaction of D1, which writes some rows of indexes for each. */
const ROWS_PER_STEP = 200;
/** More than any item takes. */
const MIN_STATEMENTS_LEFT = 25;
/** After this many, something is wrong with the storage or the database rather than with an item. */
const MAX_FAILURES = 20;

interface Backlog<T> {
  db: Catalog;
  /** Name of the step, for the log and for the record of failures. */
  step: string;
  /** The next items, the oldest first, among them those that failed. */
  next: (limit: number) => Promise<T[]>;
  idOf: (item: T) => string;
  handle: (item: T) => Promise<void>;
}

/**
 * Handles items until none is left or the budget of time or statements is used; the next run continues. An item that
 * fails is logged and retried after a minute, later after up to an hour. In the meantime it is skipped, so that even
 * many permanently failing items never block the rest.
 */
export async function workOff<T>(
  { db, step, next, idOf, handle }: Backlog<T>,
  budgetMs = STEP_BUDGET_MS,
): Promise<void> {
  const deadline = Date.now() + budgetMs;
  const failed = await failedItems(db, step);
  const seen = new Set([...failed].flatMap(([id, time]) => (time > Date.now() ? [id] : [])));
  const passedOver = seen.size;
  let failures = 0;
  for (;;) {
    const page = await next(ITEMS_PER_PAGE + passedOver + failures);
    const items = page.filter((item) => !seen.has(idOf(item)));
    if (items.length === 0 || statementsLeft() < MIN_STATEMENTS_LEFT) return;
    for (const item of items) {
      if (Date.now() >= deadline || failures >= MAX_FAILURES) return;
      if (statementsLeft() < MIN_STATEMENTS_LEFT) return;
      const id = idOf(item);
      seen.add(id);
      try {
        await handle(item);
        if (failed.has(id)) await forgetFailure(db, step, id);
      } catch (error) {
        failures++;
        log("sweep.item-failed", { step, item: id, error });
        await noteFailure(db, step, id, Date.now());
      }
    }
  }
}

/**
 * Deletes rows in steps until none is left or the budget is used; the next run continues.
 * @param deleteSome deletes at most `limit` rows and returns how many it did
 */
export async function deleteAll(
  deleteSome: (limit: number) => Promise<number>,
  budgetMs = STEP_BUDGET_MS,
): Promise<void> {
  const deadline = Date.now() + budgetMs;
  while ((await deleteSome(ROWS_PER_STEP)) === ROWS_PER_STEP && Date.now() < deadline);
}

/** Runs every part, even if others fail. A failed part is logged and runs again next time. */
export async function eachOf(
  step: string,
  parts: Record<string, () => PromiseLike<unknown>>,
): Promise<void> {
  for (const [part, run] of Object.entries(parts)) {
    try {
      await run();
    } catch (error) {
      log("sweep.item-failed", { step, item: part, error });
    }
  }
}
