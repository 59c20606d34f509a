import { readdirSync, readFileSync } from "node:fs";
import { SqliteD1 } from "../../benchmarks/sim/sqlite.ts";
import type { Interleaver } from "./interleaver.ts";

const MIGRATIONS = new URL("../../migrations/catalog/", import.meta.url);

/** A new catalogue: the product's SQL on Node's SQLite. */
export function newCatalog(): SqliteD1 {
  const sqlite = new SqliteD1();
  for (const file of readdirSync(MIGRATIONS).toSorted())
    if (file.endsWith(".sql")) sqlite.exec(readFileSync(new URL(file, MIGRATIONS), "utf8"));
  return sqlite;
}

/** The binding of a database, each of whose calls waits for its turn. A batch is one call. */
export function gated(sqlite: SqliteD1, gate: () => Interleaver | null): object {
  const call = <T>(operation: string, perform: () => Promise<T>): Promise<T> =>
    gate()?.call(operation, perform) ?? perform();
  const wrap = (statement: ReturnType<SqliteD1["prepare"]>, sql: string) => ({
    statement,
    bind: (...params: Parameters<typeof statement.bind>) => wrap(statement.bind(...params), sql),
    run: () => call(`D1 ${sql.slice(0, 40)}`, () => statement.run()),
    all: () => call(`D1 ${sql.slice(0, 40)}`, () => statement.all()),
    raw: (options?: { columnNames?: boolean }) =>
      call(`D1 ${sql.slice(0, 40)}`, () => statement.raw(options)),
  });
  return {
    prepare: (sql: string) => wrap(sqlite.prepare(sql), sql),
    batch: (statements: ReturnType<typeof wrap>[]) =>
      call(`D1 batch of ${statements.length}`, () =>
        sqlite.batch(statements.map(({ statement }) => statement)),
      ),
  };
}
