import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { mergeStep } from "../workers/db/search/merge.ts";
import { putCueWindows } from "../workers/db/search/cue-windows.ts";
import type { SearchDatabase } from "../workers/db/search/shards.ts";
import { putDocuments } from "../workers/db/search/write.ts";
import { documentRowid } from "../workers/domain/search/document.ts";
import { indexWords } from "../workers/domain/search/text.ts";
import { sample } from "./search-catalogue.ts";
import { migrate, type SearchHost, startHost } from "./search-host.ts";
import { type Film, type Sample, toDocument, videoInsert } from "./search-record.ts";

/** More than anybody asks for: room for the number of a record beside its rowid. */
const MOST_RECORDS = 2 ** 21;
/** Documents of one transaction. */
const BATCH = 50_000;
/** Of the records that have captions, one in so many has the windows of a short film in the index. */
const SPOKEN_SHARE = 40;
const CUE_WINDOWS = 12;

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
      first: async (column: string) => prepared.get(...values)?.[column] ?? null,
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

export interface Load {
  records: number;
  seconds: number;
}

/**
 * A host over databases that hold `records` samples: loads them first, unless the folder has them from an earlier run.
 * The rows are those of the product's write path, in order of their rowids, as FTS5 takes them fastest.
 */
export async function startLoaded(
  state: string,
  port: number,
  films: readonly Film[],
  records: number,
): Promise<{ host: SearchHost; load: Load }> {
  const record = join(state, "loaded.json");
  const isLoaded = existsSync(record);
  if (!isLoaded) rmSync(state, { recursive: true, force: true });
  const empty = await startHost(state, port);
  await migrate(empty, state);
  if (isLoaded) return { host: empty, load: JSON.parse(readFileSync(record, "utf8")) as Load };
  await empty.stop();
  const start = Date.now();
  await bulkLoad(state, films, records);
  const load: Load = { records, seconds: (Date.now() - start) / 1000 };
  writeFileSync(record, JSON.stringify(load));
  return { host: await startHost(state, port), load };
}

/** @param state folder of a host that is stopped, with the migrations applied */
async function bulkLoad(state: string, films: readonly Film[], records: number): Promise<void> {
  const files = databaseFiles(state);
  const catalog = new DatabaseFile(files.catalog);
  const search = new DatabaseFile(files.search);
  const places = Float64Array.from(
    { length: records },
    (_, n) => documentRowid(toDocument(sample(films, n)), 0) * MOST_RECORDS + n,
  ).toSorted();
  for (let at = 0; at < records; at += BATCH) {
    const samples = Array.from(places.subarray(at, at + BATCH), (place) =>
      sample(films, place % MOST_RECORDS),
    );
    const { sql, rows } = videoInsert(samples);
    await catalog.prepare(sql).bind(rows).all();
    await putDocuments(search as unknown as SearchDatabase, "a", samples.map(toDocument));
    await caption(search as unknown as SearchDatabase, films, samples);
    if (process.stdout.isTTY) process.stdout.write(`\rloaded ${at + samples.length} of ${records}`);
  }
  while (await mergeStep(search as unknown as SearchDatabase, "a"));
  catalog.close();
  search.close();
}

/** Gives a share of the records windows in which descriptions of other films are spoken. */
async function caption(
  db: SearchDatabase,
  films: readonly Film[],
  samples: readonly Sample[],
): Promise<void> {
  const spoken = samples.filter((film) => film.captions);
  for (let at = 0; at < spoken.length; at += SPOKEN_SHARE) {
    const film = spoken[at] as Sample;
    const texts = Array.from({ length: CUE_WINDOWS }, (_, window) => {
      const spoken = films[(at * CUE_WINDOWS + window) % films.length]?.description ?? "";
      return { window, track: 0, text: indexWords(spoken).join(" ") };
    });
    await putCueWindows(db, "a", toDocument(film), "benchmark", texts);
  }
}
