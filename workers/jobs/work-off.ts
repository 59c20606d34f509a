import { log } from "../log.ts";

/** How long one step of the sweep may work; with its few long steps, a run ends before the next one begins. */
const STEP_BUDGET_MS = 12_000;
const ITEMS_PER_PAGE = 50;
/** After this many, something is wrong with the storage or the database rather than with an item. */
const MAX_FAILURES = 20;

interface Backlog<T> {
  /** Name of the step, for the log. */
  step: string;
  /** The next items, the oldest first, among them those that failed. */
  next: (limit: number) => Promise<T[]>;
  idOf: (item: T) => string;
  handle: (item: T) => Promise<void>;
}

/**
 * Handles items until none is left or the budget is used; the next run continues. An item that fails is logged and passed
 * over until the next run, so that it never keeps the rest waiting.
 */
export async function workOff<T>(
  { step, next, idOf, handle }: Backlog<T>,
  budgetMs = STEP_BUDGET_MS,
): Promise<void> {
  const deadline = Date.now() + budgetMs;
  const seen = new Set<string>();
  let failures = 0;
  for (;;) {
    const page = await next(ITEMS_PER_PAGE + failures);
    const items = page.filter((item) => !seen.has(idOf(item)));
    if (items.length === 0) return;
    for (const item of items) {
      if (Date.now() >= deadline || failures >= MAX_FAILURES) return;
      seen.add(idOf(item));
      await handle(item).catch((error: unknown) => {
        failures++;
        log("sweep.item-failed", { step, item: idOf(item), error: String(error) });
      });
    }
  }
}
