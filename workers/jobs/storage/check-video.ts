import { Publication } from "../../contract/publications.ts";
import { listCaptions } from "../../db/captions.ts";
import { findStorageCheck, noteProblem } from "../../db/storage-checks.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { getTranscode, type Transcode } from "../../db/transcoding/transcodes.ts";
import { listVersions } from "../../db/transcoding/versions.ts";
import { findVideo, type VideoRow } from "../../db/videos.ts";
import { smallPosterOf } from "../../domain/small-poster.ts";
import { log } from "../../log.ts";
import {
  type ExpectedObject,
  lostAmong,
  publishedMedia,
  publishedPlaylists,
} from "../../media/expected-objects.ts";
import { isIntact, objectsUnder } from "../../media/objects.ts";
import {
  captionsPrefix,
  filesFolder,
  ownerKey,
  publicationIndexKey,
  sourcesPrefix,
  versionPrefix,
  videoPrefix,
} from "../../media/storage-keys.ts";
import type { JobContext, StorageContext } from "../job-context.ts";
import { type CheckedVideo, collectOrphans } from "./orphans.ts";
import { repairVideo } from "./repair-video.ts";
import { loadTasks } from "../tasks/task-archive.ts";

/** What can be lost; each kind has its own repair. */
export type LostPart =
  | "source"
  | "media"
  | "playlists"
  | "images"
  | "downloads"
  | "captions"
  | "owner";
export type Lost = Partial<Record<LostPart, string[]>>;

/**
 * Compares the objects of a video with the catalogue: lost objects are recreated or, if that is impossible, reported to
 * the creator, and unreferenced objects are removed after a grace period. Costs one list operation per thousand objects
 * and two reads.
 */
export async function checkVideo(context: JobContext, videoId: string, now: number): Promise<void> {
  const { db } = context;
  const video = await findVideo(db, videoId);
  // While a video is being uploaded or transcoded, its objects come and go. A video in the bin is checked when it is
  // restored.
  if (video?.deletedAt !== null || (video.state !== "ready" && video.state !== "failed")) return;
  const checked = await readStored(context, video);
  if (!checked) return;

  const lost = await lostParts(context, checked);
  // Read again: a video that has changed in the meantime is checked next time.
  const after = await findVideo(db, videoId);
  if (after?.revision !== video.revision || after.publication !== video.publication) return;
  if (Object.keys(lost).length > 0) {
    log("storage.lost", { videoId, version: video.version, ...summaryOf(lost) });
    await repairVideo(context, checked, lost, now);
  } else {
    const before = await findStorageCheck(db, videoId);
    // Only reading the whole file shows whether it has changed.
    const problem = before?.problem === "source_changed" ? "source_changed" : null;
    const bytes = [...checked.stored.values()].reduce((sum, { size }) => sum + size, 0);
    await noteProblem(db, videoId, problem, now, bytes);
  }
  await collectOrphans(context, checked, now);
}

/** Reads the data and objects of a video from catalogue and storage; null before its first transcode. */
export async function readStored(
  context: StorageContext,
  video: VideoRow,
): Promise<CheckedVideo | null> {
  const { db, env } = context;
  const transcode = await getTranscode(db, { videoId: video.id, version: video.version });
  if (!transcode) return null;
  const tasks = await loadTasks(context, transcode);
  const stored = new Map<string, { size: number; uploaded: Date }>();
  for (const prefix of [videoPrefix(video.id), sourcesPrefix(video.id), captionsPrefix(video.id)])
    for (const [key, object] of await objectsUnder(env, prefix)) stored.set(key, object);
  const captions = await listCaptions(db, [video.id]);
  const versions = await listVersions(db, video.id);
  const others = versions.filter(({ state }) => state !== "current" && state !== "failed");
  const recipes = versions.flatMap(({ recipe }) => recipe ?? []);
  return { video, transcode, tasks, captions, others, recipes, stored };
}

/** The first key of each part and the number of the others. */
function summaryOf(lost: Lost): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lost).map(([part, keys]) => [part, `${keys[0]} and ${keys.length - 1} more`]),
  );
}

/**
 * The objects that the catalogue names but the storage lacks.
 * @param isWhole says whether a randomly chosen segment has the stored bytes
 */
export async function lostParts(
  { env }: StorageContext,
  { video, transcode, tasks, captions, stored }: CheckedVideo,
  isWhole = (key: string) => isIntact(env, key),
): Promise<Lost> {
  const lost: Lost = {};
  const check = (part: LostPart, expected: readonly ExpectedObject[]) => {
    const keys = lostAmong(expected, stored);
    if (keys.length > 0) lost[part] = [...(lost[part] ?? []), ...keys];
  };
  check("source", sourceOf(video));
  if (video.state !== "ready" || video.publication === 0) return lost;

  check("owner", [{ key: ownerKey(video.id), bytes: null }]);
  check("images", imagesOf(video));
  check("downloads", downloadsOf(transcode, tasks.rows));
  for (const { key, origin } of captions)
    check(origin === "embedded" ? "media" : "captions", [{ key, bytes: null }]);
  const indexKey = publicationIndexKey(video.id, video.version, video.publication);
  const index = await env.MEDIA.get(indexKey);
  if (!index) return { ...lost, media: [...(lost.media ?? []), indexKey] };
  const publication = Publication.parse(await index.json());
  const media = publishedMedia(publication);
  check("media", media);
  check("playlists", publishedPlaylists(publication, video.publication));
  const sample = media[Math.floor(Math.random() * media.length)];
  if (sample && !lost.media && !(await isWhole(sample.key))) lost.media = [sample.key];
  return lost;
}

function sourceOf({ sourceKey, sourceBytes }: VideoRow): ExpectedObject[] {
  return sourceKey === null ? [] : [{ key: sourceKey, bytes: sourceBytes || null }];
}

function imagesOf(video: VideoRow): ExpectedObject[] {
  const prefix = versionPrefix(video.id, video.version);
  const small = video.posterPath === null ? null : smallPosterOf(video.posterPath);
  return [video.posterPath, small, video.storyboardPath, video.previewPath].flatMap((path) =>
    path === null ? [] : [{ key: prefix + path, bytes: null }],
  );
}

function downloadsOf({ videoId, version }: Transcode, tasks: readonly Task[]): ExpectedObject[] {
  const prefix = versionPrefix(videoId, version);
  return tasks.flatMap(({ id, attempt, state, result }) =>
    state === "done" && result?.kind === "download"
      ? [{ key: `${prefix}${filesFolder(id, attempt)}/${result.file}`, bytes: result.bytes }]
      : [],
  );
}
