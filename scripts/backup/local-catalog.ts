import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { CATALOG, openLocalDatabase, SEARCH } from "../dev/local-databases.ts";
import { dump, type Query, wipeStatements } from "../../workers/db/backup/dump.ts";
import { CATALOG_FILE } from "./manifest.ts";

const queryOf =
  (db: DatabaseSync): Query =>
  (sql) =>
    db.prepare(sql).iterate();

function open(state: string): DatabaseSync {
  const db = openLocalDatabase(state, CATALOG);
  if (!db) throw new Error(`There is no database in ${state}: run npm run dev first.`);
  return db;
}

export interface Dumped {
  tables: Record<string, number>;
  migrations: string[];
}

/** Writes a snapshot of `npm run dev`'s CATALOG to a folder. */
export async function dumpLocalCatalog(state: string, folder: string): Promise<Dumped> {
  await mkdir(folder, { recursive: true });
  const db = open(state);
  const file = createWriteStream(join(folder, CATALOG_FILE));
  const tables: Record<string, number> = {};
  try {
    db.exec("BEGIN");
    for await (const statement of dump(queryOf(db), (table, rows) => (tables[table] = rows)))
      if (!file.write(`${statement};\n`)) await once(file, "drain");
    const applied = db.prepare("SELECT name FROM d1_migrations ORDER BY id").all();
    return { tables, migrations: applied.map(({ name }) => String(name)) };
  } finally {
    db.exec("COMMIT");
    db.close();
    file.end();
    await once(file, "finish");
  }
}

/** How many videos CATALOG has. */
export function countLocalVideos(state: string): number {
  const db = open(state);
  try {
    return Number(db.prepare("SELECT count(*) AS n FROM videos").get()?.["n"]);
  } finally {
    db.close();
  }
}

/** Restores CATALOG of `npm run dev`, all or nothing, and makes the Worker rebuild the search index. */
export async function restoreLocalCatalog(state: string, folder: string): Promise<void> {
  const db = open(state);
  try {
    const wipe = await wipeStatements(queryOf(db));
    const statements = await readFile(join(folder, CATALOG_FILE), "utf8");
    db.exec("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = TRUE;");
    try {
      db.exec(wipe.map((statement) => `${statement};`).join("\n"));
      db.exec(statements);
      db.exec("COMMIT");
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  } finally {
    db.close();
  }
  const search = openLocalDatabase(state, SEARCH);
  search?.exec("INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes')");
  search?.close();
}
