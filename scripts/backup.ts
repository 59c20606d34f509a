/**
 * `npm run backup`: copies CATALOG, which is the truth, with checksums, the settings and the names of secrets; with --remote
 * also the list of all objects.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readCommandLine, reportFailure } from "./command-line.ts";
import { dumpLocalCatalog } from "./backup/local-catalog.ts";
import { CATALOG_FILE, OBJECTS_FILE, writeManifest } from "./backup/manifest.ts";
import { dumpRemoteCatalog, listObjects } from "./backup/remote-catalog.ts";
import { DEPLOY_FOLDER } from "./deploy/secrets.ts";
import { instanceVars, secretsOf } from "./deploy/wrangler-config.ts";
import { backupName } from "../workers/domain/backup-names.ts";
import { readSettings, ROOT } from "./dev/settings.ts";

const USAGE = `Usage: npm run backup -- [--remote] [--to r2 | --to FOLDER]
Copies the catalogue with checksums, settings and the names of secrets. Nothing is changed.

  --remote   of the deployed instance, with a list of its objects; without it of npm run dev
  --to r2    into the bucket <name>-backups, which keeps the newest thirty (needs --remote)
  --to FOLDER   into this folder; without --to into .kinora/backups`;

const { values } = readCommandLine(USAGE, {
  options: { remote: { type: "boolean", default: false }, to: { type: "string" } },
});

async function productVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

async function main(): Promise<void> {
  const isForBucket = values.to === "r2";
  if (isForBucket && !values.remote) throw new Error("--to r2 needs --remote.");
  const createdAt = new Date().toISOString();
  const name = backupName(createdAt);
  const folder =
    values.to === undefined || isForBucket
      ? join(DEPLOY_FOLDER, "backups", name)
      : resolve(values.to);
  // Loaded only when needed, because it loads wrangler and Cloudflare's client.
  const remote = values.remote
    ? await (await import("./deploy/remote.ts")).openRemote(process.env)
    : null;
  await mkdir(folder, { recursive: true });
  const files = remote ? [CATALOG_FILE, OBJECTS_FILE] : [CATALOG_FILE];
  const dumped = remote
    ? await dumpRemoteCatalog(remote, folder)
    : await dumpLocalCatalog(readSettings(process.env).state, folder);
  if (remote) await listObjects(remote, folder);
  const manifest = await writeManifest(folder, files, {
    createdAt,
    version: await productVersion(),
    ...dumped,
    settings: remote ? instanceVars(remote.instance, remote.product, remote.state.account.id) : {},
    secrets: remote ? secretsOf(remote.instance, remote.product) : [],
  });
  if (remote && isForBucket) {
    const { storeBackup } = await import("./backup/bucket.ts");
    await storeBackup(remote, folder, name, files);
  }
  const { bytes } = manifest.files[CATALOG_FILE] ?? { bytes: 0 };
  console.log(
    `${folder}: ${manifest.tables["videos"] ?? 0} videos, ${manifest.tables["user"] ?? 0} accounts, ${bytes} bytes.`,
  );
  if (isForBucket) console.log(`Stored as ${name}: npm run restore -- --remote r2:${name}`);
}

try {
  await main();
} catch (error) {
  await reportFailure(error);
}
