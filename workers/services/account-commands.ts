import { videosOfAccount } from "../db/accounts.ts";
import { catalog, runBatch, type Statement } from "../db/client.ts";
import { markChanged } from "../db/index-lag.ts";
import { listSigningKeys, revokeSigningKey } from "../db/signing-keys.ts";
import { closeUploads } from "../db/uploads.ts";
import { deletionStatements } from "../db/videos.ts";
import { clearProgress } from "../db/watch-progress.ts";

/** Videos a batch: each takes five statements. */
const BATCH = 20;

/**
 * Takes everything that an account has made away from everyone, and forgets what it watched; the caller relays the outbox, through which the
 * stored files and the search index follow. Again is harmless.
 */
export async function deleteAccountContents(env: Env, userId: string): Promise<void> {
  const db = catalog(env);
  const ids = (await videosOfAccount(db, userId)).map((video) => video.id);
  for (let from = 0; from < ids.length; from += BATCH) {
    const statements = ids
      .slice(from, from + BATCH)
      .flatMap((id): Statement[] => [
        closeUploads(db, id, "aborted"),
        ...deletionStatements(db, id),
      ]);
    await runBatch(db, statements);
  }
  await clearProgress(db, userId);
  for (const { kid } of await listSigningKeys(db, userId)) await revokeSigningKey(db, kid);
}

/** Lets the search name the account's videos anew after its name has changed; the cron sees to it within minutes. */
export const reindexVideosOf = (env: Env, userId: string): Promise<void> =>
  markChanged(catalog(env), userId, Date.now());
