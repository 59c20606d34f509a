import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { mergeStep } from "../workers/db/search/merge.ts";
import { putCueWindows } from "../workers/db/search/cue-windows.ts";
import type { SearchDatabase } from "../workers/db/search/shards.ts";
import { putDocuments } from "../workers/db/search/write.ts";
import { documentRowid } from "../workers/domain/search/document.ts";
import { indexWords } from "../workers/domain/search/text.ts";
import { sampleVideo } from "./search-catalogue.ts";
import { migrate, type SearchHost, startHost } from "./search-host.ts";
import { type Film, type SampleVideo, toDocument, videoInsert } from "./search-record.ts";

/** An upper limit, so that a record's number fits into a double next to its rowid. */
const MAX_RECORDS = 2 ** 21;
const DOCUMENTS_PER_BATCH = 50_000;
/** One in this many videos with captions has cue windows in the index, as many as a short video has. */
const CAPTIONED_STEP = 40;
const WINDOWS_PER_VIDEO = 12;

/**
 * The file of a local D1 database while no Worker has it open. It runs the statements of the product's own write path without
 * a hop from workerd to the database for each.
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

/** The files of both databases in miniflare's folder, distinguished by a table that only one of them has. */
function databaseFiles(state: string): { search: string; catalog: string } {
  const folder = join(state, "d1/v3/d1/miniflare-D1DatabaseObject");
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  function withTable(table: string): string {
    for (const path of files.map((name) => join(folder, name))) {
      const db = new DatabaseSync(path, { readOnly: true });
      const found = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table);
      db.close();
      if (found) return path;
    }
    throw new Error(`No database with the table ${table} in ${folder}`);
  }
  return { search: withTable("docs_a"), catalog: withTable("videos") };
}

export interface Load {
  records: number;
  seconds: number;
}

/**
 * Starts a host with databases of `records` videos, which are loaded first unless the folder has them from an earlier run. The
 * product's write path writes the rows, in order of their rowids, which is fastest for FTS5.
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

/** @param state folder of a stopped host, with the migrations applied */
async function bulkLoad(state: string, films: readonly Film[], records: number): Promise<void> {
  const files = databaseFiles(state);
  const catalog = new DatabaseFile(files.catalog);
  const search = new DatabaseFile(files.search);
  // Sorted numbers made of the rowid and the number of each record.
  const order = Float64Array.from(
    { length: records },
    (_, n) => documentRowid(toDocument(sampleVideo(films, n)), 0) * MAX_RECORDS + n,
  ).toSorted();
  for (let at = 0; at < records; at += DOCUMENTS_PER_BATCH) {
    const samples = Array.from(order.subarray(at, at + DOCUMENTS_PER_BATCH), (position) =>
      sampleVideo(films, position % MAX_RECORDS),
    );
    const { sql, rows } = videoInsert(samples);
    await catalog.prepare(sql).bind(rows).all();
    await putDocuments(search as unknown as SearchDatabase, "a", samples.map(toDocument));
    await addCaptions(search as unknown as SearchDatabase, films, samples);
    if (process.stdout.isTTY) process.stdout.write(`\rloaded ${at + samples.length} of ${records}`);
  }
  while (await mergeStep(search as unknown as SearchDatabase, "a"));
  catalog.close();
  search.close();
}

/** Gives some videos cue windows with the descriptions of other films. */
async function addCaptions(
  db: SearchDatabase,
  films: readonly Film[],
  samples: readonly SampleVideo[],
): Promise<void> {
  const captioned = samples.filter((video) => video.captions);
  for (let at = 0; at < captioned.length; at += CAPTIONED_STEP) {
    const video = captioned[at] as SampleVideo;
    const texts = Array.from({ length: WINDOWS_PER_VIDEO }, (_, window) => {
      const text = films[(at * WINDOWS_PER_VIDEO + window) % films.length]?.description ?? "";
      return { window, track: 0, text: indexWords(text).join(" ") };
    });
    await putCueWindows(db, "a", toDocument(video), "benchmark", texts);
  }
}
