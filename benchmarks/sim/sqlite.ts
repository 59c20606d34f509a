import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/**
 * The part of D1's binding that drizzle uses, on Node's SQLite. It runs thousands of statements per second, because it
 * needs no HTTP like local D1; the engine and the statements are the same.
 */
export class SqliteD1 {
  readonly #sqlite: DatabaseSync;

  constructor(sqlite = new DatabaseSync(":memory:")) {
    this.#sqlite = sqlite;
  }

  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  prepare(sql: string): Statement {
    return new Statement(this.#sqlite, sql, []);
  }

  /** One transaction, like D1: all statements or none. */
  async batch(statements: readonly Statement[]): Promise<{ results: unknown[] }[]> {
    this.#sqlite.exec("BEGIN");
    try {
      const results = statements.map((statement) => ({ results: statement.rows() }));
      this.#sqlite.exec("COMMIT");
      return results;
    } catch (error) {
      this.#sqlite.exec("ROLLBACK");
      throw error;
    }
  }
}

class Statement {
  readonly #sqlite: DatabaseSync;
  readonly #sql: string;
  readonly #params: SQLInputValue[];

  constructor(sqlite: DatabaseSync, sql: string, params: SQLInputValue[]) {
    this.#sqlite = sqlite;
    this.#sql = sql;
    this.#params = params;
  }

  bind(...params: SQLInputValue[]): Statement {
    return new Statement(this.#sqlite, this.#sql, params);
  }

  rows(): unknown[] {
    return this.#sqlite.prepare(this.#sql).all(...this.#params);
  }

  async run(): Promise<{ results: unknown[] }> {
    return { results: this.rows() };
  }

  async all(): Promise<{ results: unknown[] }> {
    return { results: this.rows() };
  }

  async raw(options?: { columnNames?: boolean }): Promise<unknown[][]> {
    const statement = this.#sqlite.prepare(this.#sql);
    statement.setReturnArrays(true);
    const rows = statement.all(...this.#params) as unknown as unknown[][];
    return options?.columnNames ? [statement.columns().map(({ name }) => name), ...rows] : rows;
  }
}
