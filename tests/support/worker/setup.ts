// The Worker loads these when a request, a message or a cron first needs them (decision 275). They are loaded here because
// vitest's module runner shares one promise among all that import a module at once: a request that waits for the promise of
// another is cancelled by workerd, and once that other request is gone, the module never arrives, for any later test file.
import "../../../workers/app.ts";
import "../../../workers/jobs/consume.ts";
import "../../../workers/jobs/sweep.ts";
import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach } from "vitest";
import { expectNoSecrets, searchConsole } from "../searched-log.ts";

const given = env as unknown as {
  CATALOG_MIGRATIONS: D1Migration[];
  SEARCH_MIGRATIONS: D1Migration[];
  METRICS_MIGRATIONS: D1Migration[];
};
await applyD1Migrations(env.CATALOG, given.CATALOG_MIGRATIONS);
await applyD1Migrations(env.SEARCH, given.SEARCH_MIGRATIONS);
await applyD1Migrations(env.METRICS, given.METRICS_MIGRATIONS);

// Lines of the Worker's log that no operator should see.
searchConsole();
afterEach(expectNoSecrets);

/** Warnings of the Worker that an invocation ran more statements than it should (workers/db/statement-count.ts). */
const excessive: string[] = [];
const { warn } = console;
console.warn = (...values: unknown[]) => {
  if (String(values[0]).includes('"database.many-statements"')) excessive.push(String(values[0]));
  warn(...values);
};
afterEach(() => {
  const [first] = excessive.splice(0);
  if (first !== undefined) throw new Error(`Too many statements in one invocation: ${first}`);
});
