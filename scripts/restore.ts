/**
 * `npm run restore`: makes CATALOG what it was at a backup of `npm run backup`, after its checksums were compared, and
 * has the Worker rebuild the search index from it. Without --remote it is the database of `npm run dev`. A database
 * with videos is replaced with --replace only.
 */
import { join, resolve } from "node:path";
import { readCommandLine, refuseCommandLine, reportFailure } from "./command-line.ts";
import { countLocalVideos, restoreLocalCatalog } from "./backup/local-catalog.ts";
import { joinCatalog, readManifest } from "./backup/manifest.ts";
import { countRemoteVideos, restoreRemoteCatalog } from "./backup/remote-catalog.ts";
import { DEPLOY_FOLDER } from "./deploy/secrets.ts";
import { migrate } from "./dev/prepare.ts";
import { readSettings } from "./dev/settings.ts";
import { environment } from "./dev/start.ts";

const IN_BUCKET = "r2:";

const USAGE = `Usage: npm run restore -- [--remote] [--replace] FOLDER | r2:NAME
Makes the catalogue what it was at a backup, after its checksums were compared. A database that has videos is replaced
with --replace only.

  --remote    of the deployed instance; without it of npm run dev
  --replace   although the database has videos
  r2:NAME     a backup in the bucket <name>-backups, such as r2:2026-11-29T03-00-00-000Z (needs --remote)`;

const { values, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: {
    remote: { type: "boolean", default: false },
    replace: { type: "boolean", default: false },
  },
});

async function main(source: string): Promise<void> {
  // Loaded only when needed, because it loads wrangler and Cloudflare's client.
  const remote = values.remote
    ? await (await import("./deploy/remote.ts")).openRemote(process.env)
    : null;
  let folder = resolve(source);
  if (source.startsWith(IN_BUCKET)) {
    if (!remote) throw new Error("A backup in R2 is restored with --remote.");
    const name = source.slice(IN_BUCKET.length);
    folder = join(DEPLOY_FOLDER, "backups", name);
    const { fetchBackup } = await import("./backup/bucket.ts");
    await fetchBackup(remote, name, folder);
  }
  const manifest = await readManifest(folder);
  await joinCatalog(folder, manifest);
  const settings = readSettings(process.env);
  const videos = remote ? await countRemoteVideos(remote) : countLocalVideos(settings.state);
  if (videos > 0 && !values.replace)
    throw new Error(
      `The database has ${videos} videos, and they would be replaced by the ${manifest.tables["videos"] ?? 0} of ${manifest.createdAt}. Add --replace to do it.`,
    );
  if (remote) await restoreRemoteCatalog(remote, folder);
  else {
    await restoreLocalCatalog(settings.state, folder);
    // A newer version of the product may have been deployed since.
    await migrate(settings.state, environment(settings), console.log);
  }
  console.log(
    `CATALOG is as it was at ${manifest.createdAt}. The cron rebuilds the search index within minutes; searches use the old one until then.`,
  );
  if (manifest.secrets.length > 0)
    console.log(`It needs the secrets of that time: ${manifest.secrets.join(", ")}.`);
}

const [source] = positionals;
if (source === undefined) refuseCommandLine("Name the backup.", USAGE);
await main(source).catch(reportFailure);
