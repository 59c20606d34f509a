import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/**
 * The part of D1's binding that drizzle uses, on Node's SQLite. It runs thousands of statements per second, because it
 * needs no HTTP like local D1; the engine and the statements are the same.
 */
export class SqliteD1 {
  readonly #sqlite: DatabaseSync;
  /** Compiled statements by their SQL. */
  readonly #compiled = new Map<string, StatementSync>();

  constructor(sqlite = new DatabaseSync(":memory:")) {
    this.#sqlite = sqlite;
  }

  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  prepare(sql: string): Statement {
    return new Statement(() => this.#compile(sql), []);
  }

  #compile(sql: string): StatementSync {
    const known = this.#compiled.get(sql);
    if (known !== undefined) return known;
    const compiled = this.#sqlite.prepare(sql);
    this.#compiled.set(sql, compiled);
    return compiled;
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
  readonly #compile: () => StatementSync;
  readonly #params: SQLInputValue[];

  constructor(compile: () => StatementSync, params: SQLInputValue[]) {
    this.#compile = compile;
    this.#params = params;
  }

  bind(...params: SQLInputValue[]): Statement {
    return new Statement(this.#compile, params);
  }

  rows(): unknown[] {
    const statement = this.#compile();
    statement.setReturnArrays(false);
    return statement.all(...this.#params);
  }

  async run(): Promise<{ results: unknown[] }> {
    return { results: this.rows() };
  }

  async all(): Promise<{ results: unknown[] }> {
    return { results: this.rows() };
  }

  async raw(options?: { columnNames?: boolean }): Promise<unknown[][]> {
    const statement = this.#compile();
    statement.setReturnArrays(true);
    const rows = statement.all(...this.#params) as unknown as unknown[][];
    return options?.columnNames ? [statement.columns().map(({ name }) => name), ...rows] : rows;
  }
}
