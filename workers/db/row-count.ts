import { count, observe } from "../count.ts";

/** The rows that D1 reports for a statement, which it charges for. */
type Rows = Partial<Pick<D1Meta, "rows_read" | "rows_written">>;

/** @param times how many statements this one represents */
export function countRows(meta: Rows | undefined, times = 1): void {
  const { rows_read: read = 0, rows_written: written = 0 } = meta ?? {};
  if (read > 0) count("database.rows", { kind: "read" }, read * times);
  if (written > 0) count("database.rows", { kind: "written" }, written * times);
}

/** Notes how long a call of D1 takes, also one that fails. */
export async function timed<T>(call: Promise<T>): Promise<T> {
  const start = Date.now();
  try {
    return await call;
  } finally {
    observe("database.ms", {}, Math.max(0, Date.now() - start));
  }
}

/** One in this many statements of the kind that reports no rows is run in a way that does. */
const SAMPLED = 16;
/** The product has a few hundred statement texts; texts that are built per call must not fill the memory. */
const MAX_TEXTS = 1000;

/** The columns of statements by their text; null where two have one name, or a name that would change their order. */
const columnsOf = new Map<string, readonly string[] | null>();

const isObjectOrder = (columns: readonly string[]): boolean =>
  new Set(columns).size === columns.length && columns.every((name) => !/^\d+$/.test(name));

/**
 * A statement whose rows are counted. D1 reports them for `all`, `run` and `batch`, but not for `raw`, which drizzle
 * uses for reads. Some of these are run as `all`, once their columns are known to have different names.
 */
export class CountedStatement {
  readonly real: D1PreparedStatement;
  readonly #sql: string;

  constructor(real: D1PreparedStatement, sql: string) {
    this.real = real;
    this.#sql = sql;
  }

  bind(...values: unknown[]): CountedStatement {
    return new CountedStatement(this.real.bind(...values), this.#sql);
  }

  async all(): Promise<D1Result> {
    const result = await timed(this.real.all());
    countRows(result.meta);
    return result;
  }

  async run(): Promise<D1Result> {
    const result = await timed(this.real.run());
    countRows(result.meta);
    return result;
  }

  async first(column?: string): Promise<unknown> {
    const { results } = await this.all();
    const [row] = results as Record<string, unknown>[];
    if (!row || column === undefined) return row ?? null;
    if (!(column in row)) throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`);
    return row[column];
  }

  async raw(): Promise<unknown[]> {
    const columns = columnsOf.get(this.#sql);
    if (columns === undefined && columnsOf.size < MAX_TEXTS) return this.#learnColumns();
    if (!columns || Math.random() * SAMPLED >= 1) return timed(this.real.raw());
    const { results, meta } = await timed(this.real.all<Record<string, unknown>>());
    countRows(meta, SAMPLED);
    return results.map((row) => columns.map((name) => row[name]));
  }

  async #learnColumns(): Promise<unknown[]> {
    const [columns, ...rows] = await timed(this.real.raw({ columnNames: true }));
    // D1 sends column names only with rows, so an empty result has none.
    if (columns?.length) columnsOf.set(this.#sql, isObjectOrder(columns) ? columns : null);
    return rows;
  }
}
