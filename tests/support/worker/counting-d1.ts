/** A statement that D1 has run. */
export interface RunStatement {
  sql: string;
  values: readonly unknown[];
  rowsRead: number;
  rowsWritten: number;
  /** Milliseconds of SQLite, as D1 reports them. */
  ms: number;
}

/**
 * A D1 database that records every statement with the rows that it read (`meta.rows_read`), which is what Cloudflare
 * charges for. It implements what drizzle uses: `prepare`, `batch` and `withSession`.
 */
export class CountingD1 {
  readonly statements: RunStatement[] = [];
  /** Number of round trips; a batch is one. */
  calls = 0;
  /** Number of sequential round trips; concurrent ones count as one. */
  hops = 0;
  readonly #real: D1Database;
  readonly #latencyMs: () => number;

  /** @param latencyMs additional duration of each round trip */
  constructor(real: D1Database, latencyMs: () => number = () => 0) {
    this.#real = real;
    this.#latencyMs = latencyMs;
  }

  get rowsRead(): number {
    return this.statements.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  }

  get rowsWritten(): number {
    return this.statements.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
  }

  /** As the binding. */
  get binding(): D1Database {
    return this as unknown as D1Database;
  }

  reset(): void {
    this.statements.length = 0;
    this.calls = 0;
    this.hops = 0;
  }

  withSession(): this {
    return this;
  }

  prepare(sql: string): CountingStatement {
    return new CountingStatement(this.#real.prepare(sql), sql, [], async (statement, call) => {
      const [result] = await this.#trip([statement], async () => [await call()]);
      return result!;
    });
  }

  batch(statements: CountingStatement[]): Promise<D1Result[]> {
    return this.#trip(statements, () => this.#real.batch(statements.map(({ real }) => real)));
  }

  async #trip(
    statements: CountingStatement[],
    call: () => Promise<D1Result[]>,
  ): Promise<D1Result[]> {
    this.calls++;
    const hop = this.hops + 1;
    const latencyMs = this.#latencyMs();
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    const results = await call();
    this.hops = Math.max(this.hops, hop);
    this.#note(statements, results);
    return results;
  }

  #note(statements: CountingStatement[], results: D1Result[]): void {
    for (const [index, { sql, values }] of statements.entries()) {
      const meta = results[index]?.meta;
      this.statements.push({
        sql,
        values,
        rowsRead: meta?.rows_read ?? 0,
        rowsWritten: meta?.rows_written ?? 0,
        ms: meta?.duration ?? 0,
      });
    }
  }
}

/** Makes a round trip for one statement. */
type Trip = (statement: CountingStatement, call: () => Promise<D1Result>) => Promise<D1Result>;

class CountingStatement {
  readonly real: D1PreparedStatement;
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly #trip: Trip;

  constructor(real: D1PreparedStatement, sql: string, values: readonly unknown[], trip: Trip) {
    this.real = real;
    this.sql = sql;
    this.values = values;
    this.#trip = trip;
  }

  bind(...values: unknown[]): CountingStatement {
    return new CountingStatement(this.real.bind(...values), this.sql, values, this.#trip);
  }

  all(): Promise<D1Result> {
    return this.#trip(this, () => this.real.all());
  }

  run(): Promise<D1Result> {
    return this.#trip(this, () => this.real.run());
  }

  async first(column?: string): Promise<unknown> {
    const row = (await this.all()).results[0] as Record<string, unknown> | undefined;
    return column === undefined ? (row ?? null) : (row?.[column] ?? null);
  }

  /** Returns rows as arrays. The result has no `meta`, so the rows are counted by running the statement as `all`. */
  async raw(options?: { columnNames?: boolean }): Promise<unknown[][]> {
    const rows = (await this.all()).results as Record<string, unknown>[];
    const values = rows.map((row) => Object.values(row));
    return options?.columnNames ? [Object.keys(rows[0] ?? {}), ...values] : values;
  }
}
