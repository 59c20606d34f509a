import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { writeConfigFile } from "../deploy/config-file.ts";
import { instanceName } from "../deploy/names.ts";
import type { Remote } from "../deploy/remote.ts";
import { wranglerOf } from "../deploy/wrangler.ts";
import {
  closingStatements,
  openingStatements,
  type Query,
  wipeStatements,
} from "../../workers/db/backup/dump.ts";
import type { Dumped } from "./local-catalog.ts";
import { CATALOG_FILE, OBJECTS_FILE } from "./manifest.ts";

const Names = z.array(z.object({ name: z.string() }));
const Count = z.array(z.object({ n: z.int() }));

/** Runs wrangler with the configuration of the instance. */
async function wrangler({ instance, product, state, token }: Remote, args: string[]) {
  await using config = await writeConfigFile(instance, product, state);
  await wranglerOf({ account: state.account.id, token }).run([...args, "--config", config.path]);
}

/**
 * Writes a snapshot of an instance's CATALOG to a folder: D1 exports the rows and answers no queries meanwhile. The
 * definitions are read separately, because an export puts indexes after the rows that need them, and triggers before.
 */
export async function dumpRemoteCatalog(remote: Remote, folder: string): Promise<Dumped> {
  await mkdir(folder, { recursive: true });
  const rowsFile = join(folder, "rows.sql");
  await wrangler(remote, [
    ...["d1", "export", "CATALOG", "--remote", "--no-schema", "--skip-confirmation"],
    ...["--output", rowsFile],
  ]);
  const query: Query = (sql) => remote.query("CATALOG", sql);
  const file = createWriteStream(join(folder, CATALOG_FILE));
  for (const statement of await openingStatements(query)) file.write(`${statement};\n`);
  await pipeline(createReadStream(rowsFile), file, { end: false });
  file.write("\n");
  for (const statement of await closingStatements(query)) file.write(`${statement};\n`);
  file.end();
  await once(file, "finish");
  await rm(rowsFile);
  const migrations = await remote.query("CATALOG", "SELECT name FROM d1_migrations ORDER BY id");
  const tables = Names.parse(
    await remote.query(
      "CATALOG",
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('user', 'videos', 'uploads')",
    ),
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const count = await remote.query("CATALOG", `SELECT count(*) AS n FROM "${name}"`);
    counts[name] = Count.parse(count)[0]?.n ?? 0;
  }
  return { tables: counts, migrations: Names.parse(migrations).map(({ name }) => name) };
}

/** Lists every object of the bucket, one JSON object per line, to compare a copy of the bucket with. */
export async function listObjects(remote: Remote, folder: string): Promise<void> {
  const { client, instance, product, state } = remote;
  const bucket = instanceName(instance, product.config.r2_buckets?.[0]?.bucket_name ?? "");
  const file = createWriteStream(join(folder, OBJECTS_FILE));
  const objects = client.r2.buckets.objects.list(bucket, { account_id: state.account.id });
  for await (const { key, size, etag } of objects)
    if (!file.write(`${JSON.stringify({ key, size, etag })}\n`)) await once(file, "drain");
  file.end();
  await once(file, "finish");
}

/** Number of videos in CATALOG; none before the first migration. */
export async function countRemoteVideos(remote: Remote): Promise<number> {
  const tables = await remote.query(
    "CATALOG",
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'videos'",
  );
  if (tables.length === 0) return 0;
  const rows = await remote.query("CATALOG", "SELECT count(*) AS n FROM videos");
  return Count.parse(rows)[0]?.n ?? 0;
}

/** Restores CATALOG of an instance and makes the Worker rebuild the search index. D1 does all or nothing. */
export async function restoreRemoteCatalog(remote: Remote, folder: string): Promise<void> {
  const wipe = await wipeStatements((sql) => remote.query("CATALOG", sql));
  const dumped = await readFile(join(folder, CATALOG_FILE), "utf8");
  const script = join(folder, "restore.sql");
  const statements = ["PRAGMA defer_foreign_keys = TRUE", ...wipe].map((one) => `${one};\n`);
  await writeFile(script, statements.join("") + dumped);
  await wrangler(remote, ["d1", "execute", "CATALOG", "--remote", "--yes", "--file", script]);
  // A newer version of the product may have been deployed since.
  await wrangler(remote, ["d1", "migrations", "apply", "CATALOG", "--remote"]);
  await remote.query(
    "SEARCH",
    "INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes')",
  );
}
