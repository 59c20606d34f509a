import { and, eq, isNull, ne, type SQL } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { videos } from "./schema.ts";
import { storageChecks } from "./upkeep-schema.ts";
import type { VideoRow } from "./videos.ts";

const MAX_DUPLICATES = 10;

const COLUMNS = { id: videos.id, title: videos.title, createdAt: videos.createdAt };
export type DuplicateRow = Pick<VideoRow, keyof typeof COLUMNS>;

/** An account's videos whose files have this size: few have the same. Plan: index `videos_owner_size`. */
const ofSize = (ownerId: string, bytes: number): SQL | undefined =>
  and(eq(videos.ownerId, ownerId), eq(videos.sourceBytes, bytes), isNull(videos.deletedAt));

/** An account's videos whose file has this fingerprint and size. */
export function sameFingerprint(
  db: Catalog,
  ownerId: string,
  { fingerprint, size }: { fingerprint: string; size: number },
): Promise<DuplicateRow[]> {
  return db
    .select(COLUMNS)
    .from(videos)
    .where(and(ofSize(ownerId, size), eq(videos.fingerprint, fingerprint)))
    .limit(MAX_DUPLICATES);
}

/**
 * The other videos of an account with the same file content as a video. Plan: the row of its hash, then those
 * of the videos whose files have its size, with their hashes by primary key.
 */
export async function sameContent(
  db: Catalog,
  { id, ownerId, sourceBytes }: Pick<VideoRow, "id" | "ownerId" | "sourceBytes">,
): Promise<DuplicateRow[]> {
  const [own] = await db
    .select({ sha256: storageChecks.sourceSha256 })
    .from(storageChecks)
    .where(eq(storageChecks.videoId, id));
  const sha256 = own?.sha256 ?? null;
  if (sha256 === null) return [];
  return db
    .select(COLUMNS)
    .from(videos)
    .innerJoin(storageChecks, eq(storageChecks.videoId, videos.id))
    .where(
      and(ofSize(ownerId, sourceBytes), eq(storageChecks.sourceSha256, sha256), ne(videos.id, id)),
    )
    .limit(MAX_DUPLICATES);
}
