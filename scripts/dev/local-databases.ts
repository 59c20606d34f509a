import { globSync, readdirSync } from "node:fs";
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

/** Whether a migration of the folder is not in the local database yet. */
export function hasPendingMigrations(state: string, database: Database): boolean {
  const db = openLocalDatabase(state, database);
  if (!db) return true;
  try {
    const rows = db.prepare("SELECT name FROM d1_migrations").all();
    const applied = new Set(rows.map(({ name }) => name));
    return readdirSync(database.migrations).some(
      (name) => name.endsWith(".sql") && !applied.has(name),
    );
  } finally {
    db.close();
  }
}
