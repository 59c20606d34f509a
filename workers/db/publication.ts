import { and, eq, inArray, isNotNull, ne, or, sql } from "drizzle-orm";
import type { Publication } from "../contract/publication.ts";
import type { Plan } from "../contract/transcode.ts";
import type { VideoState } from "../contract/video.ts";
import { assemblePublication, type StoredMedia } from "../media/publication.ts";
import { captionPath } from "../media/storage-keys.ts";
import type { Catalog } from "./client.ts";
import { captions, tasks, transcodes, videos } from "./schema.ts";

/**
 * The publication of a version whose playlists still grow: of each rendition the segments stored so far, up to
 * the first gap. Null before the plan exists.
 */
export async function loadLivePublication(
  db: Catalog,
  videoId: string,
  version: number,
): Promise<Publication | null> {
  return (await loadPublication(db, videoId, version, true))?.publication ?? null;
}

/** The renditions that a media task makes, as a JSON array. */
const renditionsOf = sql`coalesce(${tasks.spec} -> '$.renditions', json_array(${tasks.spec} -> '$.rendition'))`;

/** What D1 knows of a version's media, with its plan. Null before the plan exists. */
export async function loadPublication(
  db: Catalog,
  videoId: string,
  version: number,
  live: boolean,
): Promise<{ plan: Plan; publication: Publication } | null> {
  const ofVersion = and(eq(tasks.videoId, videoId), eq(tasks.version, version));
  const isMedia = inArray(tasks.kind, ["video", "audio"]);
  const [[transcode], rows, unfinished, tracks] = await db.batch([
    db
      .select({ plan: transcodes.plan, contentKey: transcodes.contentKey })
      .from(transcodes)
      .where(and(eq(transcodes.videoId, videoId), eq(transcodes.version, version))),
    db
      .select({ attempt: tasks.attempt, result: tasks.result, partial: tasks.partial })
      .from(tasks)
      .where(and(ofVersion, isMedia, or(isNotNull(tasks.result), isNotNull(tasks.partial)))),
    db
      .selectDistinct({ rendition: sql<string>`chunk.value ->> 'id'` })
      .from(tasks)
      .innerJoin(sql`json_each(${renditionsOf}) AS chunk`, sql`true`)
      .where(and(ofVersion, isMedia, ne(tasks.state, "done"))),
    db.select().from(captions).where(eq(captions.videoId, videoId)).orderBy(captions.language),
  ]);
  if (!transcode?.plan) return null;
  const { plan, contentKey } = transcode;
  const encrypted = contentKey !== null;
  const named = tracks.map(({ language, label, key }) => ({
    language,
    name: label,
    path: captionPath(videoId, version, key),
  }));
  const publication = assemblePublication({
    video: { videoId, version, captions: named, live, encrypted },
    plan,
    media: rows.flatMap((row) => storedMedia(row, live) ?? []),
    incomplete: new Set(unfinished.map((row) => row.rendition)),
  });
  return { plan, publication };
}

type StoredRow = Pick<typeof tasks.$inferSelect, "attempt" | "result" | "partial">;

function storedMedia({ attempt, result, partial }: StoredRow, live: boolean): StoredMedia | null {
  if (result?.kind === "media") return { attempt, outputs: result.outputs };
  return live ? partial : null;
}

/** Number of a video's newest set of final playlists; 0 when there is none. */
export async function getPublicationNumber(db: Catalog, videoId: string): Promise<number> {
  const [video] = await db
    .select({ publication: videos.publication })
    .from(videos)
    .where(eq(videos.id, videoId));
  return video?.publication ?? 0;
}

/**
 * Gives an attempt to write playlists a number that no other attempt has.
 * @throws Error when the video is gone
 */
export async function claimPublication(db: Catalog, videoId: string): Promise<number> {
  const [video] = await db
    .update(videos)
    .set({ publicationClaimed: sql`max(publication_claimed, publication) + 1` })
    .where(eq(videos.id, videoId))
    .returning({ number: videos.publicationClaimed });
  if (!video) throw new Error(`Video ${videoId} is gone.`);
  return video.number;
}

/** State of a video, if this version is still its current one. */
export async function getVideoState(
  db: Catalog,
  { videoId, version }: { videoId: string; version: number },
): Promise<VideoState | null> {
  const [video] = await db
    .select({ state: videos.state })
    .from(videos)
    .where(and(eq(videos.id, videoId), eq(videos.version, version)));
  return video?.state ?? null;
}
