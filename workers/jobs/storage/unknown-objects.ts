import { runBatch } from "../../db/client.ts";
import {
  forgetStorageChecks,
  noteOrphansOf,
  orphansAmong,
  purgeAgain,
  unknownAmong,
} from "../../db/storage-checks.ts";
import { IDS_PER_PAGE } from "../../domain/comparison-pace.ts";
import { log } from "../../log.ts";
import { deletePrefix } from "../../media/objects.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../../media/storage-keys.ts";
import type { StorageContext } from "../job-context.ts";
import { ORPHAN_GRACE_MS } from "./orphans.ts";

/**
 * Looks for objects of videos that do not exist, or were purged, on one page of the bucket. The number of statements
 * does not depend on how many there are: after restoring an old backup of the catalogue, a whole page may be unknown.
 * @returns where the next page starts; null after the last
 */
export async function findUnknownObjects(
  context: StorageContext,
  prefix: string,
  cursor: string,
  now: number,
): Promise<string | null> {
  const { db, env } = context;
  const page = await env.MEDIA.list({
    ...{ prefix, delimiter: "/", limit: IDS_PER_PAGE },
    ...(cursor !== "" && { cursor }),
  });
  const ids = page.delimitedPrefixes
    .map((folder) => folder.slice(prefix.length, -1))
    .filter((id) => /^[0-9A-Za-z]{22}$/.test(id));
  const { unknown, purged } = await unknownAmong(db, ids);
  await purgeAgain(db, purged);
  if (unknown.length > 0) await removeOld(context, unknown, now);
  return page.truncated ? page.cursor : null;
}

async function removeOld(
  { db, env }: StorageContext,
  ids: readonly string[],
  now: number,
): Promise<void> {
  const since = await orphansAmong(db, ids);
  const found = ids.filter((id) => !since.has(id));
  for (const videoId of found) log("storage.orphans-found", { videoId });
  await noteOrphansOf(db, found, now);
  const old = ids.filter((id) => (since.get(id) ?? now) <= now - ORPHAN_GRACE_MS);
  for (const videoId of old) {
    for (const prefix of [videoPrefix(videoId), sourcesPrefix(videoId), captionsPrefix(videoId)])
      await deletePrefix(env, prefix);
    log("storage.orphans-removed", { videoId });
  }
  await runBatch(db, [forgetStorageChecks(db, old)]);
}
