import type { EditRecipe } from "../../contract/versions.ts";
import type { CaptionRow } from "../../db/captions.ts";
import { findStorageCheck, noteOrphans } from "../../db/storage-checks.ts";
import type { Transcode } from "../../db/transcoding/transcodes.ts";
import type { VersionRow } from "../../db/transcoding/versions.ts";
import type { VideoRow } from "../../db/videos.ts";
import { log } from "../../log.ts";
import { deleteObject } from "../../media/objects.ts";
import {
  addedAudioKey,
  isPublicationPath,
  ownerKey,
  remuxedPrefix,
  taskArchivePrefix,
  uploadedPosterKey,
  versionPrefix,
  watermarkKey,
} from "../../media/storage-keys.ts";
import type { StorageContext } from "../job-context.ts";
import { outputsOf, type VersionTasks } from "../tasks/task-archive.ts";
import { covers } from "../tasks/task-token.ts";

/** A video with everything that the catalogue and the storage have about it. */
export interface CheckedVideo {
  video: VideoRow;
  /** Transcode of its current version. */
  transcode: Transcode;
  tasks: VersionTasks;
  captions: readonly CaptionRow[];
  /** Versions in the making, kept ones, and archived ones. */
  others: readonly VersionRow[];
  /** Recipes of those and of the one that plays. */
  recipes: readonly EditRecipe[];
  stored: ReadonlyMap<string, { size: number; uploaded: Date }>;
}

/** Time for an operator to see from the log that the catalogue, not the storage, is wrong: after a restored backup, say. */
export const ORPHAN_GRACE_MS = 7 * 86_400_000;
/** Objects that were stored within this time may be about to be recorded. */
const MIN_ORPHAN_AGE_MS = 86_400_000;

/** Removes the objects of a video that nothing refers to, once they have been there for the grace period. */
export async function collectOrphans(
  { db, env }: StorageContext,
  checked: CheckedVideo,
  now: number,
): Promise<void> {
  const { video, transcode } = checked;
  // Objects of a transcode that has just ended have a sweep of their own (collect.ts).
  const isSettled =
    (transcode.state === "done" || transcode.state === "failed") && transcode.sweptAt !== null;
  if (!isSettled) return;
  const isKnown = knownObjects(checked);
  const orphans = [...checked.stored].filter(
    ([key, { uploaded }]) => uploaded.getTime() < now - MIN_ORPHAN_AGE_MS && !isKnown(key),
  );
  const since = (await findStorageCheck(db, video.id))?.orphansSince ?? null;
  if (orphans.length === 0) {
    if (since !== null) await noteOrphans(db, video.id, null);
    return;
  }
  if (since === null) {
    const fields = { videoId: video.id, objects: orphans.length, first: orphans[0]?.[0] };
    log("storage.orphans-found", fields);
    return noteOrphans(db, video.id, now);
  }
  if (since > now - ORPHAN_GRACE_MS) return;
  const old = orphans.filter(([, { uploaded }]) => uploaded.getTime() < since);
  for (const [key] of old) await deleteObject(env, key);
  await noteOrphans(db, video.id, old.length === orphans.length ? null : now);
  log("storage.orphans-removed", { videoId: video.id, objects: old.length });
}

/** @returns whether the catalogue refers to an object of this video */
export function knownObjects({
  video,
  transcode,
  tasks,
  captions,
  others,
  recipes,
}: CheckedVideo): (key: string) => boolean {
  const withStreams = others.filter(({ state }) => state !== "archived");
  const outputs = [
    ...outputsOf(tasks, transcode.sourceKey),
    // Archives of earlier versions are kept too, because they are small.
    taskArchivePrefix(video.id),
    // Leftovers of their own attempts are collected when they end.
    ...withStreams.map(({ version }) => versionPrefix(video.id, version)),
  ];
  const exact = new Set([
    ownerKey(video.id),
    video.sourceKey,
    transcode.sourceKey,
    video.uploadedPoster && uploadedPosterKey(video.id, video.uploadedPoster),
    ...captions.map(({ key }) => key),
    ...recipes.flatMap(({ watermark, audio }) => [
      watermark && watermarkKey(video.id, watermark.picture),
      audio && addedAudioKey(video.id, audio.upload),
    ]),
    ...others.flatMap(({ facts, tracks }) => [
      facts.sourceKey,
      facts.uploadedPoster && uploadedPosterKey(video.id, facts.uploadedPoster),
      ...tracks.map(({ key }) => key),
    ]),
  ]);
  const copies = withStreams.flatMap(({ facts, version }) =>
    facts.sourceKey ? [remuxedPrefix(facts.sourceKey, version)] : [],
  );
  const prefix = versionPrefix(video.id, video.version);
  return (key) =>
    exact.has(key) ||
    covers(outputs, key) ||
    copies.some((copy) => key.startsWith(copy)) ||
    // Every set of playlists is kept: they are small, and a player may still use an older one.
    (key.startsWith(prefix) && isPublicationPath(key.slice(prefix.length)));
}
