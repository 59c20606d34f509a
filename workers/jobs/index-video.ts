import { listCaptions } from "../db/captions.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { saveIndexedViews } from "../db/index-lag.ts";
import { publishDocuments, publishMoments, slotsInUse } from "../db/search/publish.ts";
import type { CueText } from "../db/search/moments.ts";
import type { Slot } from "../db/search/shards.ts";
import { findVideos, type VideoRow } from "../db/videos.ts";
import { type VideoExtras, videoExtras } from "../db/video-extras.ts";
import type { IndexDocument } from "../domain/search/document.ts";
import { windowTexts } from "../domain/search/moments.ts";
import { readTrack } from "../services/search/tracks.ts";
import { isListed } from "../domain/videos.ts";
import { log } from "../log.ts";

/** Changes that overtake an update this often leave it to their own messages. */
const MAX_ROUNDS = 5;

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/**
 * Brings the search index up to date with these videos, whatever happened to them: the messages only say where to
 * look. An update that is overtaken by another change sees the newer revision after its write and runs
 * again, so a video that was hidden meanwhile does not come back.
 * @param only the slots to write; all in use by default
 */
export async function indexVideos(
  env: IndexEnv,
  ids: readonly string[],
  only?: readonly Slot[],
): Promise<void> {
  const db = catalog(env);
  const slots = only ?? (await slotsInUse(env));
  let pending = [...new Set(ids)];
  for (let round = 0; pending.length > 0 && round < MAX_ROUNDS; round++) {
    const rows = await findVideos(db, pending);
    const listed = rows.filter(isListed);
    const kept = new Set(listed.map((row) => row.id));
    const gone = pending.filter((id) => !kept.has(id));
    const documents = await toDocuments(db, listed);
    await publishDocuments(env, slots, documents, gone);
    await indexCaptions(env, db, slots, documents);
    await saveIndexedViews(db, listed);
    const written = new Map(rows.map((row) => [row.id, row.revision]));
    const now = await findVideos(db, pending);
    pending = now.filter((row) => row.revision !== written.get(row.id)).map((row) => row.id);
  }
}

/** So many that fail one by one are no damaged videos, but a database or R2 is away. */
export const OUTAGE = 10;

/**
 * As `indexVideos`, but what fails does not keep the others from it: it is looked for by halves.
 * @returns ids of those that failed, in the order given; of as many as `OUTAGE`, what comes after the last has not been tried
 */
export async function indexEach(
  env: IndexEnv,
  ids: readonly string[],
  only?: readonly Slot[],
): Promise<string[]> {
  const failed: string[] = [];
  const pending = [ids];
  for (let part = pending.pop(); part && failed.length < OUTAGE; part = pending.pop()) {
    try {
      await indexVideos(env, part, only);
    } catch (error) {
      const [id = ""] = part;
      const half = Math.ceil(part.length / 2);
      if (part.length > 1) pending.push(part.slice(half), part.slice(0, half));
      else if (failed.push(id)) log("search.failed", { id, error: String(error) });
    }
  }
  return failed;
}

/** Makes the spoken words of the videos findable. A caption file that is damaged or gone is left out. */
async function indexCaptions(
  env: IndexEnv,
  db: Catalog,
  slots: readonly Slot[],
  documents: readonly IndexDocument[],
): Promise<void> {
  const ids = documents.map((document) => document.id);
  const tracks = Map.groupBy(await listCaptions(db, ids), (track) => track.videoId);
  await publishMoments(env, slots, documents, (id) => {
    const own = tracks.get(id) ?? [];
    return {
      stamp: stampOf(own),
      read: () => spokenTexts(env, own),
    };
  });
}

/** Letters of the windows of one video; of its further tracks nothing is findable. An hour of talk has some fifty thousand. */
const MAX_SPOKEN = 16_000_000;

/** What is said in a video, read track by track. */
async function spokenTexts(env: IndexEnv, tracks: readonly { key: string }[]): Promise<CueText[]> {
  const texts: CueText[] = [];
  let letters = 0;
  for (const [track, { key }] of tracks.entries()) {
    for (const [window, text] of windowTexts((await readTrack(env, key)) ?? []).entries())
      if (text && (letters += text.length) <= MAX_SPOKEN) texts.push({ window, track, text });
  }
  return texts;
}

/** Names the caption files that a video's windows are made of; empty without any. */
export const stampOf = (tracks: readonly { key: string }[]): string =>
  tracks.map((track) => track.key).join(" ");

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
  people: [extras?.creatorName ?? "", ...row.people],
  tags: row.tags,
  description: row.description,
  category: row.category,
  language: row.language,
  creator: row.ownerId,
  duration: row.duration ?? 0,
  height: linesOf(row.width ?? 0, row.height ?? 0),
  hdr: row.hdr,
  captions: (extras?.captionLanguages.length ?? 0) > 0,
  views: row.views,
  publishedAt: row.publishedAt ?? row.createdAt,
});

/** The lines by which a picture is called 720p or 1080p: those of 16:9 where it is wider, as a film in scope is. */
const linesOf = (width: number, height: number): number =>
  Math.max(Math.min(width, height), Math.round((Math.max(width, height) * 9) / 16));
