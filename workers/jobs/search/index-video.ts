import { listCaptions } from "../../db/captions.ts";
import { type Catalog, catalog } from "../../db/client.ts";
import { saveIndexedViews } from "../../db/index-lag.ts";
import { publishDocuments, publishCaptions, sidesInUse } from "../../db/search/publish.ts";
import type { CueWindowText } from "../../db/search/cue-windows.ts";
import type { IndexSide } from "../../db/search/index-state.ts";
import { type VideoExtras, videoExtras } from "../../db/video-extras.ts";
import { findVideos, type VideoRow } from "../../db/videos.ts";
import type { IndexDocument } from "../../domain/search/document.ts";
import { windowTexts } from "../../domain/search/cue-windows.ts";
import { readCaptionCues } from "../../services/search/caption-cues.ts";
import { isListed } from "../../domain/videos.ts";
import { log } from "../../log.ts";

/** A video that changes in every round is left to the messages of its changes. */
const MAX_ROUNDS = 5;

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/**
 * Updates the search index for these videos after any change: messages only carry ids. If a video changes
 * during the update, its newer revision is noticed after the write and indexed again, so a video that was hidden in the
 * meantime does not reappear.
 * @param only the sides to write; all in use by default
 */
export async function indexVideos(
  env: IndexEnv,
  ids: readonly string[],
  only?: readonly IndexSide[],
): Promise<void> {
  const db = catalog(env);
  const sides = only ?? (await sidesInUse(env));
  let pending = [...new Set(ids)];
  for (let round = 0; pending.length > 0 && round < MAX_ROUNDS; round++) {
    const rows = await findVideos(db, pending);
    const listed = rows.filter(isListed);
    const listedIds = new Set(listed.map((row) => row.id));
    const removed = pending.filter((id) => !listedIds.has(id));
    const documents = await toDocuments(db, listed);
    await publishDocuments(env, sides, documents, removed);
    await indexCaptions(env, db, sides, documents);
    await saveIndexedViews(db, listed);
    const written = new Map(rows.map((row) => [row.id, row.revision]));
    const now = await findVideos(db, pending);
    pending = now.filter((row) => row.revision !== written.get(row.id)).map((row) => row.id);
  }
}

/** If this many videos fail one by one, they are not damaged, but a database or R2 is unavailable. */
export const MAX_FAILED_VIDEOS = 10;

/**
 * Like `indexVideos`, but a video that fails does not stop the others: batches that fail are halved until it is found.
 * @returns ids of the videos that failed, in the order given. With MAX_FAILED_VIDEOS of them, those after the last have
 * not been tried.
 */
export async function indexEach(
  env: IndexEnv,
  ids: readonly string[],
  only?: readonly IndexSide[],
): Promise<string[]> {
  const failed: string[] = [];
  const pending = [ids];
  for (
    let batch = pending.pop();
    batch && failed.length < MAX_FAILED_VIDEOS;
    batch = pending.pop()
  ) {
    try {
      await indexVideos(env, batch, only);
    } catch (error) {
      const [id = ""] = batch;
      const half = Math.ceil(batch.length / 2);
      if (batch.length > 1) pending.push(batch.slice(half), batch.slice(0, half));
      else if (failed.push(id)) log("search.failed", { id, error });
    }
  }
  return failed;
}

/** Indexes the captions of the videos. A caption file that is damaged or missing is left out. */
async function indexCaptions(
  env: IndexEnv,
  db: Catalog,
  sides: readonly IndexSide[],
  documents: readonly IndexDocument[],
): Promise<void> {
  const ids = documents.map((document) => document.id);
  const tracks = Map.groupBy(await listCaptions(db, ids), (track) => track.videoId);
  await publishCaptions(env, sides, documents, (id) => {
    const own = tracks.get(id) ?? [];
    return {
      stamp: captionStamp(own),
      read: () => captionTexts(env, own),
    };
  });
}

/** Letters of the windows of one video; windows beyond are not indexed. An hour of dialogue has about fifty thousand. */
const MAX_CAPTION_LETTERS = 16_000_000;

/** The texts of a video's cue windows, track by track. */
async function captionTexts(
  env: IndexEnv,
  tracks: readonly { key: string }[],
): Promise<CueWindowText[]> {
  const texts: CueWindowText[] = [];
  let letters = 0;
  for (const [track, { key }] of tracks.entries()) {
    for (const [window, text] of windowTexts((await readCaptionCues(env, key)) ?? []).entries())
      if (text && (letters += text.length) <= MAX_CAPTION_LETTERS)
        texts.push({ window, track, text });
  }
  return texts;
}

/** The stamp of a video's caption files (see `CaptionSource`); empty without any. */
export const captionStamp = (tracks: readonly { key: string }[]): string =>
  tracks.map((track) => track.key).join(" ");

/** Videos as the index holds them. */
export async function toDocuments(
  db: Catalog,
  rows: readonly VideoRow[],
): Promise<IndexDocument[]> {
  const extras = await videoExtras(db, rows);
  return rows.map((row) => toDocument(row, extras.get(row.id)));
}

function toDocument(row: VideoRow, extras: VideoExtras | undefined): IndexDocument {
  return {
    id: row.id,
    revision: row.revision,
    title: row.title,
    people: [extras?.creatorName ?? "", ...row.people],
    tags: row.tags,
    description: row.description,
    category: row.category,
    language: row.language,
    maturityRating: row.maturityRating,
    creator: row.ownerId,
    duration: row.duration ?? 0,
    height: linesOf(row.width ?? 0, row.height ?? 0),
    hdr: row.hdr,
    captions: (extras?.captionLanguages.length ?? 0) > 0,
    views: row.views,
    publishedAt: row.publishedAt ?? row.createdAt,
  };
}

/**
 * The number of lines by which a video is called 720p or 1080p; for wider frames such as CinemaScope, the lines of a
 * 16:9 frame of the same width.
 */
const linesOf = (width: number, height: number): number =>
  Math.max(Math.min(width, height), Math.round((Math.max(width, height) * 9) / 16));
