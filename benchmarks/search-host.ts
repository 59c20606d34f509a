import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { unstable_startWorker as startWorker } from "wrangler";

const ROOT = new URL("../", import.meta.url);

export interface SearchHost {
  call: <T>(path: string, body: object) => Promise<T>;
  stop: () => Promise<void>;
}

/**
 * Starts the benchmark's Worker in workerd.
 * @param state folder of the D1 databases, from an earlier run or created now
 */
export async function startHost(state: string, port: number): Promise<SearchHost> {
  // Otherwise wrangler writes a trace of every call into another database, on the thread that answers the searches.
  process.env["X_LOCAL_OBSERVABILITY"] = "false";
  mkdirSync(state, { recursive: true });
  const config = join(state, "wrangler.json");
  const database = (name: string) => ({
    binding: name.toUpperCase(),
    database_name: name,
    database_id: name,
  });
  writeFileSync(
    config,
    JSON.stringify({
      name: "search-benchmark",
      main: fileURLToPath(new URL("search-worker.ts", import.meta.url)),
      compatibility_date: "2026-10-01",
      compatibility_flags: ["nodejs_compat"],
      d1_databases: [database("search"), database("catalog")],
      // The bucket is empty: moments are found, but have no text.
      r2_buckets: [{ binding: "MEDIA", bucket_name: "media" }],
      vars: { PLAYBACK_TOKEN_SECRETS: "only-for-the-benchmark-only-for-the-benchmark" },
    }),
  );
  const worker = await startWorker({
    config,
    dev: {
      persist: join(state, "d1"),
      server: { port },
      inspector: false,
      logLevel: "error",
      watch: false,
    },
  });
  await worker.ready;
  const base = await worker.url;
  return {
    call: async <T>(path: string, body: object) => {
      const send = () => fetch(new URL(path, base), { method: "POST", body: JSON.stringify(body) });
      // The dev proxy may close an idle connection while it is used again; every call can be repeated.
      const response = await send().catch(send);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    stop: () => worker.dispose(),
  };
}

/**
 * Applies the product's migrations that the databases lack.
 * @param state folder of the databases, with a file that lists the migrations applied so far
 */
export async function migrate(host: SearchHost, state: string): Promise<void> {
  const record = join(state, "migrated.json");
  const applied: string[] = existsSync(record)
    ? (JSON.parse(readFileSync(record, "utf8")) as string[])
    : [];
  for (const [database, folder] of [
    ["SEARCH", "search"],
    ["CATALOG", "catalog"],
  ] as const) {
    for (const { name, queries } of await readD1Migrations(
      fileURLToPath(new URL(`migrations/${folder}/`, ROOT)),
    )) {
      const path = `migrations/${folder}/${name}`;
      if (applied.includes(path)) continue;
      await host.call("/sql", { database, statements: queries });
      applied.push(path);
      writeFileSync(record, JSON.stringify(applied));
    }
  }
}
