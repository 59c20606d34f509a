import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { readCommandLine, reportFailure } from "./command-line.ts";
import { openLocalDatabase, SEARCH } from "./dev/local-databases.ts";
import { readSettings } from "./dev/settings.ts";

/**
 * `npm run search:rebuild`: requests a rebuild of the search index and shows its progress, for the database of `npm run
 * dev` or with --remote for the deployed one. The Worker's cron does the work, so this command may be ended at any
 * time. Searches use the old index until the new one is complete.
 */
const USAGE = `Usage: npm run search:rebuild -- [--remote]
Has the Worker rebuild the search index, and shows how far it is. Ctrl-C ends the display, not the rebuild.

  --remote   of the deployed instance; without it of npm run dev`;

const { values } = readCommandLine(USAGE, {
  options: { remote: { type: "boolean", default: false } },
});
const POLL_MS = 2000;

const State = z.array(z.object({ name: z.string(), value: z.string() }));
const Progress = z.object({ done: z.int(), total: z.int(), skipped: z.int() });

type Sql = (command: string) => Promise<Map<string, string>>;

/** Runs SQL in the local database. */
function queryLocal(command: string): z.infer<typeof State> {
  const { state } = readSettings(process.env);
  const db = openLocalDatabase(state, SEARCH);
  if (!db) throw new Error(`There is no search index in ${state}: run npm run dev first.`);
  try {
    return State.parse(db.prepare(command).all());
  } finally {
    db.close();
  }
}

async function openIndex(): Promise<Sql> {
  // Loaded only when needed, because it loads wrangler and Cloudflare's client.
  const remote = values.remote
    ? await (await import("./deploy/remote.ts")).openRemote(process.env)
    : null;
  return async (command) => {
    const rows = remote ? State.parse(await remote.query("SEARCH", command)) : queryLocal(command);
    return new Map(rows.map((row) => [row.name, row.value]));
  };
}

const STATE_QUERY = "SELECT name, value FROM index_state WHERE name IN ('rebuild', 'requested')";
async function rebuild(sql: Sql): Promise<void> {
  const before = await sql(STATE_QUERY);
  if (!before.has("rebuild"))
    await sql("INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes')");
  console.log(
    "Requested. The Worker's cron starts the rebuild within a minute; the Worker must be running.",
  );
  for (;;) {
    const state = await sql(STATE_QUERY);
    const progress = state.get("rebuild");
    if (progress) {
      const { done, total, skipped } = Progress.parse(JSON.parse(progress));
      const note =
        skipped > 0 ? `; ${skipped} could not be indexed and are retried every hour` : "";
      console.log(`${done} of ${total} videos${note}`);
    } else if (!state.has("requested")) break;
    await delay(POLL_MS);
  }
  console.log("Done: searches use the new index.");
}

await openIndex().then(rebuild).catch(reportFailure);
