import { type Catalog, catalog } from "../db/client.ts";
import { publishDocuments } from "../db/search/publish.ts";
import { findVideos, type VideoExtras, type VideoRow, videoExtras } from "../db/videos.ts";
import type { IndexDocument } from "../domain/search/document.ts";
import { isListed } from "../domain/videos.ts";

/** Changes that overtake an update this often leave it to their own messages. */
const MAX_ROUNDS = 5;

/**
 * Brings the search index up to date with these videos, whatever happened to them: the messages only say where to
 * look. An update that is overtaken by another change sees the newer revision after its write and runs
 * again, so a video that was hidden meanwhile does not come back.
 */
export async function indexVideos(
  env: Pick<Env, "CATALOG" | "SEARCH">,
  ids: readonly string[],
): Promise<void> {
  const db = catalog(env);
  let pending = [...new Set(ids)];
  for (let round = 0; pending.length > 0 && round < MAX_ROUNDS; round++) {
    const rows = await findVideos(db, pending);
    const listed = rows.filter(isListed);
    const kept = new Set(listed.map((row) => row.id));
    await publishDocuments(
      env,
      await toDocuments(db, listed),
      pending.filter((id) => !kept.has(id)),
    );
    const written = new Map(rows.map((row) => [row.id, row.revision]));
    const now = await findVideos(db, pending);
    pending = now.filter((row) => row.revision !== written.get(row.id)).map((row) => row.id);
  }
}

/** Videos as the index knows them. */
export async function toDocuments(
  db: Catalog,
  rows: readonly VideoRow[],
): Promise<IndexDocument[]> {
  const extras = await videoExtras(db, rows);
  return rows.map((row) => toDocument(row, extras.get(row.id)));
}

const toDocument = (row: VideoRow, extras: VideoExtras | undefined): IndexDocument => ({
  id: row.id,
  revision: row.revision,
  title: row.title,
  people: extras?.creatorName ? [extras.creatorName] : [],
  tags: row.tags,
  description: row.description,
  category: row.category,
  language: row.language,
  creator: row.ownerId,
  duration: row.duration ?? 0,
  height: Math.min(row.width ?? 0, row.height ?? 0),
  hdr: row.hdr,
  captions: (extras?.captionLanguages.length ?? 0) > 0,
  views: row.views,
  publishedAt: row.publishedAt ?? row.createdAt,
});
