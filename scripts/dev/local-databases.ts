import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ROOT } from "./settings.ts";

/** Milliseconds to wait for a lock of a local file. */
const TIMEOUT_LOCK_MS = 10_000;

/** A D1 database of wrangler.toml. */
export interface Database {
  name: string;
  /** Folder of its migrations. */
  migrations: string;
  /** A table that only this database has, from its first migration on: the files are named by a hash. */
  table: string;
}

export const CATALOG: Database = {
  name: "kinora-catalog",
  migrations: join(ROOT, "migrations/catalog"),
  table: "videos",
};
export const SEARCH: Database = {
  name: "kinora-search",
  migrations: join(ROOT, "migrations/search"),
  table: "index_state",
};
export const METRICS: Database = {
  name: "kinora-metrics",
  migrations: join(ROOT, "migrations/metrics"),
  table: "rollups",
};
export const DATABASES: readonly Database[] = [CATALOG, SEARCH, METRICS];

/** The table in which wrangler records applied migrations, as wrangler creates it. */
const RECORD_OF_MIGRATIONS = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/**
 * Opens the local file of a database, also while the Worker runs: wrangler would start a second Worker for it, whose
 * locks make the running one fail.
 * @param state folder of the local state
 * @returns null before the first migration
 */
export function openLocalDatabase(state: string, { table }: Database): DatabaseSync | null {
  const folder = join(state, "v3/d1/miniflare-D1DatabaseObject");
  for (const file of globSync("*.sqlite", { cwd: folder })) {
    const db = new DatabaseSync(join(folder, file), { timeout: TIMEOUT_LOCK_MS });
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table)) return db;
    db.close();
  }
  return null;
}

/** The names of a database's migrations, the first one first. */
const migrationsOf = ({ migrations }: Database): string[] =>
  readdirSync(migrations)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();

/** Which migrations the local database lacks: all of them if there is no database yet. */
export function lackedMigrations(state: string, database: Database): "all" | "some" | "none" {
  const db = openLocalDatabase(state, database);
  if (!db) return "all";
  try {
    const rows = db.prepare("SELECT name FROM d1_migrations").all();
    const applied = new Set(rows.map(({ name }) => name));
    return migrationsOf(database).every((name) => applied.has(name)) ? "none" : "some";
  } finally {
    db.close();
  }
}

/** SQL that does what `wrangler d1 migrations apply` does with a new database: each migration, and a row that records it. */
export function sqlOfAllMigrations(database: Database): string {
  const applied = migrationsOf(database).flatMap((name) => [
    readFileSync(join(database.migrations, name), "utf8"),
    `INSERT INTO d1_migrations (name) VALUES ('${name}');`,
  ]);
  return [RECORD_OF_MIGRATIONS, ...applied].join("\n");
}
