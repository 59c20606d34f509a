import { Publication } from "../../contract/publications.ts";
import type { Plan } from "../../contract/transcodes.ts";
import { getPublicationNumber } from "../../db/transcoding/publications.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../domain/tasks/segment-names.ts";
import { mergeRenditions } from "../../media/publication.ts";
import { publicationIndexKey, versionPrefix } from "../../media/storage-keys.ts";
import { loadPublication } from "../../services/publications.ts";
import type { JobContext } from "../job-context.ts";

interface VersionId {
  videoId: string;
  version: number;
}

/** The complete renditions of a version: those published before, and those that its tasks have finished since. */
export async function completePublication(
  { db, env }: JobContext,
  { videoId, version }: VersionId,
): Promise<{ plan: Plan; publication: Publication }> {
  const loaded = await loadPublication(db, videoId, version, false);
  if (!loaded) throw new Error(`Video ${videoId} has no plan at version ${version}.`);
  const number = await getPublicationNumber(db, { videoId, version });
  if (number === 0) return loaded;
  const key = publicationIndexKey(videoId, version, number);
  const index = await env.MEDIA.get(key);
  if (!index) throw new Error(`${key} is missing.`);
  const earlier = Publication.parse(await index.json());
  return {
    plan: loaded.plan,
    publication: mergeRenditions(loaded.plan, earlier, loaded.publication),
  };
}

/**
 * Keys of the init and media segments of some renditions, by the names that a download task knows them by:
 * `{rendition}/init` and `{rendition}/{index}`.
 */
export async function publishedSegmentKeys(
  context: JobContext,
  video: VersionId,
  renditions: readonly string[],
): Promise<Record<string, string>> {
  const { publication } = await completePublication(context, video);
  const prefix = versionPrefix(video.videoId, video.version);
  const keys: Record<string, string> = {};
  for (const { rendition, outputs } of publication.renditions) {
    if (!renditions.includes(rendition.id)) continue;
    for (const { folder, firstSegment, segments } of outputs) {
      if (firstSegment === 0)
        keys[`${rendition.id}/init`] = `${prefix}${folder}/${INIT_SEGMENT_NAME}`;
      for (let index = firstSegment; index < firstSegment + segments.length; index++) {
        keys[`${rendition.id}/${index}`] = `${prefix}${folder}/${segmentName(index)}`;
      }
    }
  }
  return keys;
}
