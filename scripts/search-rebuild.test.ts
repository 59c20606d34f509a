import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";

const state = mkdtempSync(join(tmpdir(), "kinora-rebuild-"));
afterEach(() => rmSync(state, { recursive: true }));

test("requests a rebuild from the running Worker, shows its progress and ends with it", async () => {
  const folder = join(state, "v3/d1/miniflare-D1DatabaseObject");
  mkdirSync(folder, { recursive: true });
  const db = new DatabaseSync(join(folder, "index.sqlite"), { timeout: 10_000 });
  db.exec("CREATE TABLE index_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
  const child = spawn(process.execPath, [join(import.meta.dirname, "search-rebuild.ts")], {
    env: { ...process.env, KINORA_STATE: state },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = text(child.stdout);
  const isRequested = () =>
    db.prepare("SELECT 1 FROM index_state WHERE name = 'requested'").get() !== undefined;
  await vi.waitUntil(isRequested, { timeout: 50_000, interval: 20 });

  // Acts like the cron: it accepts the request, makes progress, and deletes its row at the end.
  const rebuild = JSON.stringify({ done: 200, total: 210, skipped: 1 });
  db.prepare("INSERT INTO index_state (name, value) VALUES ('rebuild', ?)").run(rebuild);
  db.exec("DELETE FROM index_state WHERE name = 'requested'");
  let out = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  await vi.waitUntil(() => out.includes("200 of 210"), { timeout: 50_000, interval: 20 });
  expect(child.exitCode).toBeNull();
  db.exec("DELETE FROM index_state");

  expect(await printed).toMatch(/200 of 210 videos; 1 could not be indexed.*\nDone: /);
  db.close();
}, 60_000);
