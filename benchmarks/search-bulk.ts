import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { SearchDatabase } from "../workers/db/search/shards.ts";
import { putDocuments } from "../workers/db/search/write.ts";
import { documentRowid } from "../workers/domain/search/document.ts";
import { sample } from "./search-catalogue.ts";
import { type Film, toDocument, videoInsert } from "./search-record.ts";

/** Documents of one transaction. */
const BATCH = 20_000;

/**
 * The file of a local D1 database while no Worker has it open: the statements of the product's own write path, run
 * without the hop from workerd to the database for each.
 */
class DatabaseFile {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000");
  }

  prepare(sql: string) {
    return this.#statement(sql, []);
  }

  async batch(statements: ReturnType<DatabaseFile["prepare"]>[]) {
    this.#db.exec("BEGIN");
    const results = [];
    for (const statement of statements) results.push(await statement.all());
    this.#db.exec("COMMIT");
    return results;
  }

  close(): void {
    this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#db.close();
  }

  #statement(sql: string, values: SQLInputValue[]) {
    const prepared = this.#prepared.get(sql) ?? this.#db.prepare(sql);
    this.#prepared.set(sql, prepared);
    return {
      bind: (...bound: SQLInputValue[]) => this.#statement(sql, bound),
      all: async () => ({ results: prepared.all(...values) }),
    };
  }
}

/** The files of both databases below miniflare's folder, told apart by a table that only one has. */
function databaseFiles(state: string): { search: string; catalog: string } {
  const folder = join(state, "d1/v3/d1/miniflare-D1DatabaseObject");
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  const withTable = (table: string): string => {
    for (const path of files.map((name) => join(folder, name))) {
      const db = new DatabaseSync(path, { readOnly: true });
      const found = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table);
      db.close();
      if (found) return path;
    }
    throw new Error(`No database with the table ${table} in ${folder}`);
  };
  return { search: withTable("docs_a"), catalog: withTable("videos") };
}

/**
 * Publishes `records` samples into empty databases, in order of their rowids, as FTS5 takes them fastest.
 * @param state folder of a host that is stopped, with the migrations applied
 */
export async function bulkLoad(
  state: string,
  films: readonly Film[],
  records: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const files = databaseFiles(state);
  const catalog = new DatabaseFile(files.catalog);
  const search = new DatabaseFile(files.search);
  const order = Float64Array.from(
    { length: records },
    (_, n) => documentRowid(toDocument(sample(films, n)), 0) * 2 ** 21 + n,
  ).sort();
  for (let at = 0; at < records; at += BATCH) {
    const samples = Array.from(order.subarray(at, at + BATCH), (place) =>
      sample(films, place % 2 ** 21),
    );
    const { sql, rows } = videoInsert(samples);
    await catalog.prepare(sql).bind(rows).all();
    await putDocuments(search as unknown as SearchDatabase, "a", samples.map(toDocument));
    onProgress(at + samples.length);
  }
  catalog.close();
  search.close();
}
