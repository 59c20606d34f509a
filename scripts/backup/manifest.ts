import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BackupManifest } from "../../workers/contract/backup-manifest.ts";
import { CATALOG_PART, MANIFEST_FILE } from "../../workers/domain/backup-names.ts";

export const CATALOG_FILE = "catalog.sql";
export const OBJECTS_FILE = "objects.ndjson";

async function fingerprint(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

/** Completes a backup: a folder without a manifest is not one. @param files names of files in the folder */
export async function writeManifest(
  folder: string,
  files: readonly string[],
  facts: Omit<BackupManifest, "format" | "files">,
): Promise<BackupManifest> {
  const prints = await Promise.all(
    files.map(async (name) => [name, await fingerprint(join(folder, name))] as const),
  );
  const manifest: BackupManifest = { format: 1, ...facts, files: Object.fromEntries(prints) };
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** @throws Error when the folder has no backup or an incomplete one */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, MANIFEST_FILE), "utf8").catch(() => null);
  if (text === null) throw new Error(`${folder} has no ${MANIFEST_FILE}, so it is no backup.`);
  const manifest = BackupManifest.parse(JSON.parse(text));
  for (const [name, expected] of Object.entries(manifest.files)) {
    const found = await fingerprint(join(folder, name)).catch(() => null);
    if (found?.sha256 !== expected.sha256)
      throw new Error(`${name} is missing or was changed since the backup: it is not restored.`);
  }
  return manifest;
}

/** Joins CATALOG if the backup has it in parts, as written by the Worker's cron. */
export async function joinCatalog(folder: string, { files }: BackupManifest): Promise<void> {
  if (CATALOG_FILE in files) return;
  const target = createWriteStream(join(folder, CATALOG_FILE));
  for (const name of Object.keys(files)
    .filter((each) => CATALOG_PART.test(each))
    .toSorted())
    await pipeline(createReadStream(join(folder, name)), target, { end: false });
  target.end();
  await once(target, "finish");
}
