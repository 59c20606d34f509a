import { z } from "zod";
import { BackupManifest } from "../contract/backup-manifest.ts";
import { checkedBytes } from "./checksum.ts";
import { BACKUPS_KEPT, isBackupName, MANIFEST_FILE } from "../domain/backup-names.ts";

/** The position of the cron in its current backup; one object next to the folders of backups. */
const PLACE_KEY = "state/catalog.json";

const CatalogPlace = z.object({
  /** Name of the backup. */
  name: z.string(),
  createdAt: z.iso.datetime(),
  /** The table that is copied; null when all are. */
  table: z.string().nullable(),
  /** Number of its last row that was copied. */
  after: z.number(),
  tables: z.record(z.string(), z.int()),
  files: BackupManifest.shape.files,
  isDone: z.boolean(),
});
export type CatalogPlace = z.infer<typeof CatalogPlace>;

export async function readCatalogPlace(bucket: R2Bucket): Promise<CatalogPlace | null> {
  const object = await bucket.get(PLACE_KEY);
  return object && CatalogPlace.parse(await object.json());
}

export async function writeCatalogPlace(bucket: R2Bucket, place: CatalogPlace): Promise<void> {
  await bucket.put(PLACE_KEY, JSON.stringify(place));
}

/** Stores a file of a backup. R2 refuses a body with another checksum. @returns the file's entry in the manifest */
export async function writeBackupFile(
  bucket: R2Bucket,
  backup: string,
  file: string,
  text: string,
): Promise<{ bytes: number; sha256: string }> {
  const { bytes, sha256 } = await checkedBytes(text);
  await bucket.put(`${backup}/${file}`, bytes, { sha256 });
  return { bytes: bytes.byteLength, sha256 };
}

export async function writeManifest(
  bucket: R2Bucket,
  backup: string,
  manifest: BackupManifest,
): Promise<void> {
  await bucket.put(`${backup}/${MANIFEST_FILE}`, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Names of backups, the newest first, those that are not whole among them. */
async function backupsIn(bucket: R2Bucket): Promise<string[]> {
  const { delimitedPrefixes } = await bucket.list({ delimiter: "/" });
  return delimitedPrefixes
    .map((prefix) => prefix.slice(0, -1))
    .filter(isBackupName)
    .toSorted()
    .toReversed();
}

/** How many backups are checked for a manifest: one may be in progress or interrupted. */
const MAX_LOOKED_AT = 5;

/** When the newest whole backup was finished, in milliseconds since the epoch; null where there is none. */
export async function newestBackup(bucket: R2Bucket): Promise<number | null> {
  for (const name of (await backupsIn(bucket)).slice(0, MAX_LOOKED_AT)) {
    const manifest = await bucket.head(`${name}/${MANIFEST_FILE}`);
    if (manifest) return manifest.uploaded.getTime();
  }
  return null;
}

/** Deletes all backups but the newest. */
export async function deleteOldBackups(bucket: R2Bucket): Promise<void> {
  for (const name of (await backupsIn(bucket)).slice(BACKUPS_KEPT)) {
    let page: R2Objects;
    do {
      page = await bucket.list({ prefix: `${name}/` });
      if (page.objects.length > 0) await bucket.delete(page.objects.map(({ key }) => key));
    } while (page.truncated);
  }
}
