import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { z } from "zod";
import { openLocalDatabase, SEARCH } from "./dev/local-databases.ts";
import { readSettings, ROOT } from "./dev/settings.ts";

/**
 * `npm run search:rebuild -- [--remote]`: asks the Worker to build the search index anew and shows how far it is. The
 * Worker's cron does the work, so this may be ended at any time; searches are answered from the old index until the new
 * one is whole. It speaks to the database of `npm run dev`, or with --remote to the deployed one.
 */
const { values } = parseArgs({ options: { remote: { type: "boolean", default: false } } });
const POLL_MS = 2000;

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

/** Runs SQL in the local database. */
function locally(command: string): z.infer<typeof State> {
  const { state } = readSettings(process.env);
  const db = openLocalDatabase(state, SEARCH);
  if (!db) throw new Error(`There is no search index in ${state}: run npm run dev first.`);
  try {
    return State.parse(db.prepare(command).all());
  } finally {
    db.close();
  }
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
