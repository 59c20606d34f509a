import type { DatabaseSync } from "node:sqlite";
import type { Cost } from "./catalog-worker.ts";

/**
 * Tables that do not grow with videos, accounts or their activity: their rows are capped, few by nature, or deleted
 * once they are handled. Every other table of the catalogue, including a new one, counts as growing.
 */
const BOUNDED: ReadonlySet<string> = new Set([
  ...["scheduler", "reconciliation", "site_settings", "editors_pick", "jwks", "d1_migrations"],
  ...["runners", "runner_tokens", "streams", "revocations", "popular_searches", "search_picks"],
  ...["outbox", "dead_letters", "sweep_failures", "view_flushes", "idempotency", "rate_limit"],
  ...[
    "oauth_client",
    "oauth_resource",
    "oauth_client_resource",
    "invitations",
    "sqlite_sequence",
    "_cf_METADATA",
  ],
]);

function growingTables(sqlite: DatabaseSync): string {
  const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return tables
    .map(({ name }) => String(name))
    .filter((name) => !BOUNDED.has(name))
    .join("|");
}

/** One statement of the product, with any values. */
export interface Observed {
  sql: string;
  /** Rows of the run that read the most. */
  rowsRead: number;
  /** The most rows that a run could be about: the ids that it was given as a JSON array, or its LIMIT. */
  items: number;
  ms: number;
  runs: number;
  /** The kinds of invocations that run it. */
  names: string[];
}

function itemsOf(sql: string, values: readonly unknown[]): number {
  if (/\blimit \?$/i.test(sql.trim())) return Number(values.at(-1));
  if (!/\bjson_each\b/i.test(sql)) return 1;
  const lengths = values.map((value) => {
    if (typeof value !== "string" || !value.startsWith("[")) return 1;
    return (JSON.parse(value) as unknown[]).length;
  });
  return Math.max(1, ...lengths);
}

export class Observations {
  readonly #statements = new Map<string, Observed>();
  readonly #costs: { name: string; cost: Cost }[] = [];

  add(name: string, cost: Cost): void {
    this.#costs.push({ name, cost });
    for (const { sql, values, rowsRead, ms } of cost.statements) {
      const none = { sql, rowsRead: 0, items: 0, ms: 0, runs: 0, names: [] };
      const one: Observed = this.#statements.get(sql) ?? none;
      one.rowsRead = Math.max(one.rowsRead, rowsRead);
      one.items = Math.max(one.items, itemsOf(sql, values));
      one.ms = Math.max(one.ms, ms);
      one.runs++;
      if (!one.names.includes(name)) one.names.push(name);
      this.#statements.set(sql, one);
    }
  }

  all(): Observed[] {
    return [...this.#statements.values()];
  }

  /** Rows that each invocation of this kind read. */
  rowsPerCall(kind: string): number[] {
    return this.#costs
      .filter(({ name }) => name === kind)
      .map(({ cost }) => cost.statements.reduce((sum, { rowsRead }) => sum + rowsRead, 0));
  }

  maxStatements(): number {
    return Math.max(...this.#costs.map(({ cost }) => cost.total));
  }
}

/** The first table that a statement names. */
export const tableOf = (sql: string): string =>
  /\b(?:from|into|update)\s+["`]?(\w+)/i.exec(sql)?.[1] ?? "?";

/** Whether a statement reads a table in its own order and stops once it has enough rows. */
function isWalk(sql: string, steps: readonly { detail: string }[]): boolean {
  const isSorted = steps.some(({ detail }) => detail.startsWith("USE TEMP B-TREE"));
  return /\blimit (\?|\d+)$/i.test(sql.trim()) && !/\bwhere\b/i.test(sql) && !isSorted;
}

/** Steps of SQLite's plan that read a growing table from end to end without an index. */
export function flaggedSteps(sqlite: DatabaseSync, sql: string): string[] {
  const growing = growingTables(sqlite);
  const steps = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
  if (isWalk(sql, steps)) return [];
  return steps.flatMap(({ detail }) => {
    const name = /^SCAN (\w+)(?! USING)/.exec(detail)?.[1];
    if (name === undefined || / USING (COVERING )?INDEX/.test(detail)) return [];
    const isTable = new RegExp(`^(${growing})$`).test(name);
    const isAlias = new RegExp(`\\b(${growing})\\b["\`]? (AS )?["\`]?${name}\\b`, "i").test(sql);
    return isTable || isAlias ? [detail] : [];
  });
}
