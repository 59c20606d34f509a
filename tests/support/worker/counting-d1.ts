/** One statement that D1 has run. */
export interface RunStatement {
  sql: string;
  values: readonly unknown[];
  rowsRead: number;
  rowsWritten: number;
}

/**
 * A D1 database that notes every statement with the rows that it read (`meta.rows_read`), which is what Cloudflare
 * charges for. It has what drizzle uses: `prepare`, `batch` and `withSession`.
 */
export class CountingD1 {
  readonly statements: RunStatement[] = [];
  /** Round trips: a batch is one. */
  calls = 0;
  readonly #real: D1Database;

  constructor(real: D1Database) {
    this.#real = real;
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
  }

  withSession(): this {
    return this;
  }

  prepare(sql: string): CountingStatement {
    return new CountingStatement(this.#real.prepare(sql), sql, [], (statement, result) =>
      this.#note([statement], [result]),
    );
  }

  async batch(statements: CountingStatement[]): Promise<D1Result[]> {
    const results = await this.#real.batch(statements.map(({ real }) => real));
    this.#note(statements, results);
    return results;
  }

  #note(statements: CountingStatement[], results: D1Result[]): void {
    this.calls++;
    for (const [index, { sql, values }] of statements.entries()) {
      const meta = results[index]?.meta;
      this.statements.push({
        sql,
        values,
        rowsRead: meta?.rows_read ?? 0,
        rowsWritten: meta?.rows_written ?? 0,
      });
    }
  }
}

type Note = (statement: CountingStatement, result: D1Result) => void;

class CountingStatement {
  readonly real: D1PreparedStatement;
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly #note: Note;

  constructor(real: D1PreparedStatement, sql: string, values: readonly unknown[], note: Note) {
    this.real = real;
    this.sql = sql;
    this.values = values;
    this.#note = note;
  }

  bind(...values: unknown[]): CountingStatement {
    return new CountingStatement(this.real.bind(...values), this.sql, values, this.#note);
  }

  async all(): Promise<D1Result> {
    const result = await this.real.all();
    this.#note(this, result);
    return result;
  }

  async run(): Promise<D1Result> {
    const result = await this.real.run();
    this.#note(this, result);
    return result;
  }

  async first(column?: string): Promise<unknown> {
    const row = (await this.all()).results[0] as Record<string, unknown> | undefined;
    return column === undefined ? (row ?? null) : (row?.[column] ?? null);
  }

  /** Rows as arrays. Its result has no `meta`, so that the rows are counted by running the statement as `all`. */
  async raw(): Promise<unknown[][]> {
    const { results } = await this.all();
    return (results as Record<string, unknown>[]).map((row) => Object.values(row));
  }
}
