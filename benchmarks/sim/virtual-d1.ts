import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { VirtualTime } from "./virtual-time.ts";

/** Duration of a statement. A database runs one at a time. */
const STATEMENT_MS = 1;

/**
 * D1 in simulated time, on Node's SQLite: every statement takes a millisecond, and statements run one after another, so
 * that the database is the same bottleneck as on the platform. A batch is one transaction.
 */
export class VirtualD1 {
  readonly sqlite = new DatabaseSync(":memory:");
  /** Statements per second since the start. */
  readonly perSecond: number[] = [];
  /** The longest time that a call waited for others. */
  maxWaitMs = 0;
  total = 0;
  /** Statements by text, to find the most expensive ones. */
  readonly byText = new Map<string, number>();
  readonly #time: VirtualTime;
  readonly #start: number;
  readonly #prepared = new Map<string, StatementSync>();
  #freeAt = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
    this.#start = time.now;
  }

  prepare(sql: string): VirtualStatement {
    return new VirtualStatement(this, sql, []);
  }

  withSession(): this {
    return this;
  }

  async batch(statements: readonly VirtualStatement[]): Promise<D1Answer[]> {
    await this.serve(statements.map(({ sql }) => sql));
    this.sqlite.exec("BEGIN");
    try {
      const answers = statements.map((statement) => ({ results: statement.rows(false) }));
      this.sqlite.exec("COMMIT");
      return answers;
    } catch (error) {
      this.sqlite.exec("ROLLBACK");
      throw error;
    }
  }

  /** Waits for the turn of some statements and for the time that they take. */
  async serve(sql: readonly string[]): Promise<void> {
    const { now } = this.#time;
    const begin = Math.max(now, this.#freeAt);
    this.#freeAt = begin + sql.length * STATEMENT_MS;
    this.maxWaitMs = Math.max(this.maxWaitMs, begin - now);
    const second = Math.floor((begin - this.#start) / 1000);
    this.perSecond[second] = (this.perSecond[second] ?? 0) + sql.length;
    this.total += sql.length;
    for (const text of sql) this.byText.set(text, (this.byText.get(text) ?? 0) + 1);
    await this.#time.sleep(this.#freeAt - now);
  }

  prepared(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) this.#prepared.set(sql, (statement = this.sqlite.prepare(sql)));
    return statement;
  }
}

interface D1Answer {
  results: unknown[];
}

class VirtualStatement {
  readonly sql: string;
  readonly #d1: VirtualD1;
  readonly #params: SQLInputValue[];

  constructor(d1: VirtualD1, sql: string, params: SQLInputValue[]) {
    this.#d1 = d1;
    this.sql = sql;
    this.#params = params;
  }

  bind(...params: SQLInputValue[]): VirtualStatement {
    return new VirtualStatement(this.#d1, this.sql, params);
  }

  rows(isRaw: boolean): unknown[] {
    const statement = this.#d1.prepared(this.sql);
    statement.setReturnArrays(isRaw);
    return statement.all(...this.#params);
  }

  async run(): Promise<D1Answer> {
    return this.all();
  }

  async all(): Promise<D1Answer> {
    await this.#d1.serve([this.sql]);
    return { results: this.rows(false) };
  }

  async raw(options?: { columnNames?: boolean }): Promise<unknown[][]> {
    await this.#d1.serve([this.sql]);
    const rows = this.rows(true) as unknown[][];
    return options?.columnNames ? [this.columns(), ...rows] : rows;
  }

  /** The names of the columns. */
  columns(): string[] {
    return this.#d1
      .prepared(this.sql)
      .columns()
      .map(({ name }) => name);
  }
}
