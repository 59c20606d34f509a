import type { Publication } from "../contract/publications.ts";
import type { Plan } from "../contract/transcodes.ts";
import type { Catalog } from "../db/client.ts";
import { loadPublicationRows, type PublicationRows } from "../db/transcoding/publications.ts";
import { trackOf } from "../domain/captions/caption-tracks.ts";
import { chaptersOf } from "../domain/chapters.ts";
import { captionPath } from "../media/storage-keys.ts";
import { assemblePublication, type StoredMedia } from "../media/publication.ts";

/**
 * The publication of a version whose playlists still grow: the segments of each rendition that are stored so far, up
 * to the first gap. Null before the plan exists.
 */
export async function loadLivePublication(
  db: Catalog,
  videoId: string,
  version: number,
): Promise<Publication | null> {
  return (await loadPublication(db, videoId, version, true))?.publication ?? null;
}

/**
 * A version's plan, and the publication of the media that D1 knows about. Null before the plan exists.
 * @param live true includes what running tasks have stored so far
 */
export async function loadPublication(
  db: Catalog,
  videoId: string,
  version: number,
  live: boolean,
): Promise<{ plan: Plan; publication: Publication } | null> {
  const rows = await loadPublicationRows(db, { videoId, version });
  if (!rows) return null;
  const { plan, encrypted, incomplete } = rows;
  const captions = rows.captions.map(({ language: tag, label, key }) => ({
    ...trackOf(tag),
    name: label,
    path: captionPath(videoId, version, key),
  }));
  const chapters = chaptersOf(rows.chaptered);
  const publication = assemblePublication({
    video: {
      ...{ videoId, version, captions, live, encrypted },
      ...(chapters.length > 0 && { chapters }),
    },
    plan,
    media: rows.media.flatMap((row) => storedMedia(row, live) ?? []),
    incomplete,
  });
  return { plan, publication };
}

function storedMedia(
  { attempt, result, partial }: PublicationRows["media"][number],
  live: boolean,
): StoredMedia | null {
  if (result?.kind === "media") return { attempt, outputs: result.outputs };
  return live ? partial : null;
}
