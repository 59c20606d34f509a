import type { DatabaseSync } from "node:sqlite";
import type { Cost } from "./catalog-worker.ts";

/** Tables with a row or more per video, creator or task. The others are bounded, or empty at rest. */
const GROWING =
  "videos|uploads|upload_parts|captions|transcodes|tasks|storage_checks|creator_usage|user|lanes|creator_queues";

/** One statement of the product, whatever its values. */
export interface Observed {
  sql: string;
  /** Of the run that read the most. */
  rowsRead: number;
  ms: number;
  runs: number;
  /** The kinds of invocations that run it. */
  names: string[];
}

export class Observations {
  readonly #statements = new Map<string, Observed>();
  readonly #costs: { name: string; cost: Cost }[] = [];

  add(name: string, cost: Cost): void {
    this.#costs.push({ name, cost });
    for (const { sql, rowsRead, ms } of cost.statements) {
      const one = this.#statements.get(sql) ?? { sql, rowsRead: 0, ms: 0, runs: 0, names: [] };
      one.rowsRead = Math.max(one.rowsRead, rowsRead);
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
  new RegExp(`\\b(${GROWING})\\b`).exec(sql)?.[1] ?? "?";

/** Steps of SQLite's plan that read a growing table from end to end without an index. */
export function flaggedSteps(sqlite: DatabaseSync, sql: string): string[] {
  const steps = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
  return steps.flatMap(({ detail }) => {
    const name = /^SCAN (\w+)(?! USING)/.exec(detail)?.[1];
    if (name === undefined || / USING (COVERING )?INDEX/.test(detail)) return [];
    const isTable = new RegExp(`^(${GROWING})$`).test(name);
    const isAlias = new RegExp(`\\b(${GROWING})\\b["\`]? (AS )?["\`]?${name}\\b`, "i").test(sql);
    return isTable || isAlias ? [detail] : [];
  });
}
