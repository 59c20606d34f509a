import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NotFoundError } from "cloudflare";
import type { Remote } from "../deploy/remote.ts";
import { BACKUPS_KEPT, isBackupName, MANIFEST_FILE } from "../../workers/domain/backup-names.ts";

/** Maximum size of an object stored through Cloudflare's API: developers.cloudflare.com/r2/platform/limits */
const MAX_FILE_BYTES = 300 * 1024 ** 2;

/** A separate bucket: a backup must not be lost together with the bucket of the videos. */
const bucketOf = ({ instance }: Remote): string => `${instance.name}-backups`;

async function names(remote: Remote): Promise<{ key: string; backup: string }[]> {
  const { client, state } = remote;
  const found: { key: string; backup: string }[] = [];
  const objects = client.r2.buckets.objects.list(bucketOf(remote), {
    account_id: state.account.id,
  });
  for await (const { key } of objects)
    if (key && isBackupName(key.split("/")[0] ?? ""))
      found.push({ key, backup: key.split("/")[0] ?? key });
  return found;
}

/**
 * Stores the files of a backup in R2, the manifest last, and deletes the oldest backups.
 * @param backup its name; names sort by time
 */
export async function storeBackup(
  remote: Remote,
  folder: string,
  backup: string,
  files: readonly string[],
): Promise<void> {
  const { client, instance, state } = remote;
  const bucket = bucketOf(remote);
  const of = { account_id: state.account.id };
  await client.r2.buckets.get(bucket, of).catch(async (error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    const hint = instance.region === "" ? {} : { locationHint: instance.region };
    await client.r2.buckets.create({ ...of, name: bucket, ...hint });
  });
  for (const name of [...files, MANIFEST_FILE]) {
    if ((await stat(join(folder, name))).size > MAX_FILE_BYTES)
      throw new Error(
        `${name} is larger than Cloudflare's API takes. The backup is complete in ${folder}: copy it to R2 with an S3 tool, such as rclone.`,
      );
    const body = await readFile(join(folder, name));
    await client.r2.buckets.objects.upload(`${backup}/${name}`, body, {
      ...of,
      bucket_name: bucket,
    });
  }
  const stored = await names(remote);
  const backups = [...new Set(stored.map((one) => one.backup))].toSorted();
  const old = new Set(backups.slice(0, -BACKUPS_KEPT));
  for (const { key } of stored.filter((one) => old.has(one.backup)))
    await client.r2.buckets.objects.delete(key, { ...of, bucket_name: bucket });
}

/** Fetches a backup from R2 into a folder. @throws Error that lists the existing backups */
export async function fetchBackup(remote: Remote, backup: string, folder: string): Promise<void> {
  const { client, state } = remote;
  const stored = await names(remote);
  const keys = stored.filter((one) => one.backup === backup).map(({ key }) => key);
  if (keys.length === 0) {
    const list = [...new Set(stored.map((one) => one.backup))].join("\n  ");
    throw new Error(`There is no backup ${backup} in ${bucketOf(remote)}. There are:\n  ${list}`);
  }
  await mkdir(folder, { recursive: true });
  for (const key of keys) {
    const object = await client.r2.buckets.objects.get(key, {
      account_id: state.account.id,
      bucket_name: bucketOf(remote),
    });
    const bytes = Buffer.from(await object.arrayBuffer());
    await writeFile(join(folder, key.split("/").at(-1) ?? key), bytes);
  }
}
