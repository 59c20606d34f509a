import { execFile } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../dev/settings.ts";
import { readManifest } from "./manifest.ts";

const state = mkdtempSync(join(tmpdir(), "kinora-backup-"));
const backup = join(state, "backup");
const folder = join(state, "v3/d1/miniflare-D1DatabaseObject");
let catalog: DatabaseSync;
let search: DatabaseSync;

/** Applies the migrations of the product to a file, and records them as wrangler does. */
function migrated(name: string, migrations: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, name), { timeout: 10_000 });
  db.exec(
    "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
  );
  for (const file of readdirSync(join(ROOT, migrations)).toSorted()) {
    if (!file.endsWith(".sql")) continue;
    db.exec(readFileSync(join(ROOT, migrations, file), "utf8"));
    db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").run(file);
  }
  return db;
}

const run = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, "scripts", script), ...args], {
    env: { ...process.env, KINORA_STATE: state },
  });

const insert = (id: string, title: string) =>
  catalog
    .prepare(
      "INSERT INTO videos (id, owner_id, title, created_at, updated_at) VALUES (?, ?, ?, 1, 1)",
    )
    .run(id, "creator", title);
const all = () => catalog.prepare("SELECT id, title FROM videos ORDER BY id").all();

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  catalog = migrated("catalog.sqlite", "migrations/catalog");
  search = migrated("search.sqlite", "migrations/search");
  migrated("metrics.sqlite", "migrations/metrics").close();
});
afterAll(() => {
  catalog.close();
  search.close();
  rmSync(state, { recursive: true });
});

test("a backup of the running product is restored into it, and its search index is rebuilt", async () => {
  insert("a", "Ada's harbour\nat night; -- really");
  insert("b", "Lighthouse");
  const before = all();
  const { stdout } = await run("backup.ts", "--to", backup);
  expect(stdout).toContain("2 videos");
  expect(await readManifest(backup)).toMatchObject({ tables: { videos: 2 } });

  catalog.exec("DELETE FROM videos; DROP TABLE captions; DROP TABLE uploads;");
  insert("c", "After the backup");
  await expect(run("restore.ts", backup)).rejects.toThrow(/1 videos.*--replace/);
  await run("restore.ts", "--replace", backup);
  expect(all()).toEqual(before);
  expect(catalog.prepare("SELECT count(*) AS n FROM captions").get()).toEqual({ n: 0 });
  const requested = search.prepare("SELECT value FROM index_state WHERE name = 'requested'").get();
  expect(requested).toEqual({ value: "yes" });
}, 180_000);

test("a backup that was changed, or is not complete, is not restored", async () => {
  const before = all();
  appendFileSync(join(backup, "catalog.sql"), "DELETE FROM videos;\n");
  await expect(run("restore.ts", "--replace", backup)).rejects.toThrow(/was changed/);
  rmSync(join(backup, "manifest.json"));
  await expect(run("restore.ts", "--replace", backup)).rejects.toThrow(/is no backup/);
  expect(all()).toEqual(before);
}, 180_000);
