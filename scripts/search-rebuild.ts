import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { z } from "zod";
import { readSettings, ROOT } from "./dev/settings.ts";

/**
 * `npm run search:rebuild -- [--remote]`: asks the Worker to build the search index anew and shows how far it is. The
 * Worker's cron does the work, so this may be ended at any time; searches are answered from the old index until the new
 * one is whole. It speaks to the database of `npm run dev`, or with --remote to the deployed one.
 */
const { values } = parseArgs({ options: { remote: { type: "boolean", default: false } } });
const POLL_MS = 2000;
/** Milliseconds to wait for a lock of the local file. */
const LOCK_MS = 10_000;

const State = z.array(z.object({ name: z.string(), value: z.string() }));
const Rows = z.array(z.object({ results: State }));
const Progress = z.object({ done: z.int(), total: z.int(), skipped: z.int() });

/** Runs SQL in the deployed database. */
async function remotely(command: string): Promise<z.infer<typeof State>> {
  const { stdout } = await promisify(execFile)(
    join(ROOT, "node_modules/.bin/wrangler"),
    ["d1", "execute", "SEARCH", "--remote", "--json", "--command", command],
    { cwd: ROOT },
  );
  return Rows.parse(JSON.parse(stdout)).flatMap((result) => result.results);
}

/**
 * Runs SQL in the file of the local database. wrangler would open it with a second Worker of its own, whose locks make the
 * running one fail.
 */
function locally(command: string): z.infer<typeof State> {
  const folder = join(readSettings(process.env).state, "v3/d1/miniflare-D1DatabaseObject");
  for (const file of globSync("*.sqlite", { cwd: folder })) {
    const db = new DatabaseSync(join(folder, file), { timeout: LOCK_MS });
    try {
      const found = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'index_state'").get();
      if (found) return State.parse(db.prepare(command).all());
    } finally {
      db.close();
    }
  }
  throw new Error(`There is no search index in ${folder}: run npm run dev first.`);
}

async function sql(command: string): Promise<Map<string, string>> {
  const rows = values.remote ? await remotely(command) : locally(command);
  return new Map(rows.map((row) => [row.name, row.value]));
}

const STATE = "SELECT name, value FROM index_state WHERE name IN ('rebuild', 'requested')";
const before = await sql(STATE);
if (!before.has("rebuild"))
  await sql("INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes')");
console.log("Asked for; the Worker's cron starts it within a minute (it must be running).");
for (;;) {
  const state = await sql(STATE);
  const rebuild = state.get("rebuild");
  if (rebuild) {
    const { done, total, skipped } = Progress.parse(JSON.parse(rebuild));
    const note =
      skipped > 0 ? `; ${skipped} could not be indexed and are tried again each hour` : "";
    console.log(`${done} of ${total} videos${note}`);
  } else if (!state.has("requested")) break;
  await delay(POLL_MS);
}
console.log("Done: searches are answered from the new index.");
