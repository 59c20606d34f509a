import { z } from "zod";
import type { LibraryBackupList, LibraryRestored } from "../contract/library-copies.ts";
import { accountsAmong } from "../db/accounts/accounts.ts";
import { catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type { LibraryCopy } from "../db/library/library-copy.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { log } from "../log.ts";
import { type BackupEnv, listCopies, readCopyManifest, readPart } from "../media/library-copies.ts";

type CopiesEnv = Pick<Env, "CATALOG"> & LibraryEnv & BackupEnv;

/** The runtime allows six connections per invocation. */
const ACCOUNTS_AT_ONCE = 6;

const Line = z.object({ account: z.string(), copy: z.custom<LibraryCopy>() });

/** @throws AppError conflict where no bucket is bound */
function bucketOf({ BACKUPS }: BackupEnv): R2Bucket {
  if (!BACKUPS)
    throw new AppError(
      "conflict",
      "This site has no bucket for backups: bind one as BACKUPS in wrangler.toml.",
    );
  return BACKUPS;
}

/** The whole copies of libraries, the newest first. @throws AppError conflict where no bucket is bound */
export async function libraryBackups(env: CopiesEnv): Promise<LibraryBackupList> {
  const copies = await listCopies(bucketOf(env));
  return {
    items: copies.map(({ day, finishedAt, parts }) => ({
      ...{ day, finishedAt },
      accounts: parts.reduce((sum, { accounts }) => sum + accounts, 0),
      parts: parts.length,
    })),
  };
}

/**
 * Makes the libraries in one part of a copy what they were. Repeating it does no harm.
 * @throws AppError not_found, conflict
 */
export async function restoreLibraries(
  env: CopiesEnv,
  principal: Principal,
  day: string,
  part: number,
): Promise<LibraryRestored> {
  const bucket = bucketOf(env);
  const manifest = await readCopyManifest(bucket, day);
  if (!manifest || part >= manifest.parts.length)
    throw new AppError("not_found", "There is no such part of a copy of libraries.");
  const lines = (await readPart(bucket, manifest, part)).map((line) =>
    Line.parse(JSON.parse(line)),
  );
  const known = await accountsAmong(
    catalog(env),
    lines.map(({ account }) => account),
  );
  const found = lines.filter(({ account }) => known.has(account));
  for (let index = 0; index < found.length; index += ACCOUNTS_AT_ONCE)
    await Promise.all(
      found
        .slice(index, index + ACCOUNTS_AT_ONCE)
        .map(({ account, copy }) => libraryOf(env, account).restoreAll(copy)),
    );
  log("backup.libraries-restored", {
    ...{ day, part, accounts: found.length },
    by: signedIn(principal).userId,
  });
  const next = part + 1 < manifest.parts.length ? part + 1 : null;
  return { accounts: found.length, next };
}
