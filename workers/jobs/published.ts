import { Publication } from "../contract/publications.ts";
import type { Plan } from "../contract/transcodes.ts";
import { getPublicationNumber } from "../db/transcoding/publications.ts";
import { loadPublication } from "../services/publications.ts";
import { mergeRenditions } from "../media/publication.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../domain/segment-names.ts";
import { publicationIndexKey, versionPrefix } from "../media/storage-keys.ts";
import type { JobContext } from "./context.ts";

type Version = { videoId: string; version: number };

/** The complete renditions of a version: those already published, and those that its tasks have finished since. */
export async function completePublication(
  jobs: JobContext,
  { videoId, version }: Version,
): Promise<{ plan: Plan; publication: Publication }> {
  const loaded = await loadPublication(jobs.db, videoId, version, false);
  if (!loaded) throw new Error(`Video ${videoId} has no plan at version ${version}.`);
  const earlier = await getPublicationNumber(jobs.db, videoId);
  if (earlier === 0) return loaded;
  const key = publicationIndexKey(videoId, version, earlier);
  const index = await jobs.env.MEDIA.get(key);
  if (!index) throw new Error(`${key} is missing.`);
  const before = Publication.parse(await index.json());
  return {
    plan: loaded.plan,
    publication: mergeRenditions(loaded.plan, before, loaded.publication),
  };
}

/** Keys of the init and media segments of some renditions, by the names a download task knows them by. */
export async function publishedParts(
  jobs: JobContext,
  video: Version,
  renditions: readonly string[],
): Promise<Record<string, string>> {
  const { publication } = await completePublication(jobs, video);
  const prefix = versionPrefix(video.videoId, video.version);
  const parts: [string, string][] = [];
  for (const { rendition, outputs } of publication.renditions) {
    if (!renditions.includes(rendition.id)) continue;
    for (const { folder, firstSegment, segments } of outputs) {
      if (firstSegment === 0)
        parts.push([`${rendition.id}/init`, `${prefix}${folder}/${INIT_SEGMENT_NAME}`]);
      for (let index = firstSegment; index < firstSegment + segments.length; index++) {
        parts.push([`${rendition.id}/${index}`, `${prefix}${folder}/${segmentName(index)}`]);
      }
    }
  }
  return Object.fromEntries(parts);
}
