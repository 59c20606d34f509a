import { accountIds } from "../../db/accounts/accounts.ts";
import { catalog } from "../../db/client.ts";
import { type LibraryEnv, libraryOf } from "../../db/history.ts";
import {
  type BackupEnv,
  type CopyPlace,
  deleteOldCopies,
  readPlace,
  writeCopyManifest,
  writePart,
  writePlace,
} from "../../media/library-copies.ts";
import { log } from "../../log.ts";

const RUN_BUDGET_MS = 10_000;
const ACCOUNTS_PER_PAGE = 300;
/** The runtime allows six connections per invocation. */
const ACCOUNTS_AT_ONCE = 6;
/** A library may have some megabytes, and an isolate has 128. */
const MAX_PART_CHARACTERS = 4_000_000;
/** Days. */
const COPIES_KEPT = 7;

type CopyEnv = Pick<Env, "CATALOG"> & LibraryEnv & BackupEnv;

/**
 * Copies the accounts' Durable Objects to the backup bucket once per day, each object as of one moment. A pass
 * continues where the last run stopped.
 */
export async function copyLibraries(
  env: CopyEnv,
  now: number,
  budgetMs = RUN_BUDGET_MS,
): Promise<void> {
  const { BACKUPS } = env;
  if (!BACKUPS) return;
  const deadline = Date.now() + budgetMs;
  const day = new Date(now).toISOString().slice(0, 10);
  const before = await readPlace(BACKUPS);
  if (before?.isDone && before.day >= day) return;
  let place: CopyPlace =
    before && !before.isDone ? before : { day, after: "", parts: [], isDone: false };
  for (;;) {
    const ids = await accountIds(catalog(env), place.after, ACCOUNTS_PER_PAGE);
    place = await copyPage(env, BACKUPS, place, ids);
    if (ids.length < ACCOUNTS_PER_PAGE) return finish(BACKUPS, place, now);
    if (Date.now() >= deadline) return;
  }
}

/** Copies the libraries of some accounts, in parts that an isolate can hold. */
async function copyPage(
  env: LibraryEnv,
  bucket: R2Bucket,
  place: CopyPlace,
  ids: readonly string[],
): Promise<CopyPlace> {
  let current = place;
  let lines: string[] = [];
  for (let index = 0; index < ids.length; index += ACCOUNTS_AT_ONCE) {
    const group = ids.slice(index, index + ACCOUNTS_AT_ONCE);
    const copies = await Promise.all(group.map((id) => libraryOf(env, id).copyAll()));
    lines.push(...group.map((account, at) => JSON.stringify({ account, copy: copies[at] })));
    const isLast = index + ACCOUNTS_AT_ONCE >= ids.length;
    const characters = lines.reduce((sum, line) => sum + line.length, 0);
    if (isLast || characters >= MAX_PART_CHARACTERS) {
      current = await writePart(bucket, current, lines, group.at(-1) ?? current.after);
      lines = [];
    }
  }
  return current;
}

async function finish(bucket: R2Bucket, place: CopyPlace, now: number): Promise<void> {
  await writeCopyManifest(bucket, place, now);
  await writePlace(bucket, { ...place, isDone: true });
  await deleteOldCopies(bucket, COPIES_KEPT);
  const accounts = place.parts.reduce((sum, part) => sum + part.accounts, 0);
  log("backup.libraries-copied", { day: place.day, accounts, parts: place.parts.length });
}
