import { execFile } from "node:child_process";
import { join } from "node:path";
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
const where = values.remote
  ? ["--remote"]
  : ["--local", "--persist-to", readSettings(process.env).state];
const POLL_MS = 2000;

const Rows = z.array(
  z.object({ results: z.array(z.object({ name: z.string(), value: z.string() })) }),
);
const Progress = z.object({ done: z.int(), total: z.int() });

async function sql(command: string): Promise<Map<string, string>> {
  const { stdout } = await promisify(execFile)(
    join(ROOT, "node_modules/.bin/wrangler"),
    ["d1", "execute", "SEARCH", ...where, "--json", "--command", command],
    { cwd: ROOT },
  );
  const rows = Rows.parse(JSON.parse(stdout)).flatMap((result) => result.results);
  return new Map(rows.map((row) => [row.name, row.value]));
}

const STATE = "SELECT name, value FROM index_state";
const before = await sql(STATE);
if (!before.has("rebuild"))
  await sql("INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes')");
console.log("Asked for; the Worker's cron starts it within a minute (it must be running).");
for (;;) {
  const state = await sql(STATE);
  const rebuild = state.get("rebuild");
  if (rebuild) {
    const { done, total } = Progress.parse(JSON.parse(rebuild));
    console.log(`${done} of ${total} videos`);
  } else if (!state.has("requested")) break;
  await delay(POLL_MS);
}
console.log("Done: searches are answered from the new index.");
