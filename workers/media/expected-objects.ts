import type { Publication } from "../contract/publications.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../domain/tasks/segment-names.ts";
import { encryptedSize } from "./content-key.ts";
import { renderPublication } from "./playlists/render.ts";
import { publicationPrefix, versionPrefix } from "./storage-keys.ts";

/** An object that must be in storage; null bytes where its size is not recorded. */
export interface ExpectedObject {
  key: string;
  bytes: number | null;
}

/** The playlists of a published version, as they would be rendered today. */
export function publishedPlaylists(publication: Publication, number: number): ExpectedObject[] {
  const prefix = publicationPrefix(publication.videoId, publication.version, number);
  return renderPublication(publication).map(({ name }) => ({ key: prefix + name, bytes: null }));
}

/** The init segments and segments of a published version. */
export function publishedMedia(publication: Publication): ExpectedObject[] {
  const { videoId, version, encrypted } = publication;
  const prefix = versionPrefix(videoId, version);
  const objects: ExpectedObject[] = [];
  for (const { outputs } of publication.renditions) {
    let init = "";
    for (const { folder, firstSegment, segments, initSha256 } of outputs) {
      // Playlists name an init segment only where it differs from the one before.
      if (initSha256 !== init)
        objects.push({ key: `${prefix}${folder}/${INIT_SEGMENT_NAME}`, bytes: null });
      init = initSha256;
      for (const [index, { bytes }] of segments.entries()) {
        const key = `${prefix}${folder}/${segmentName(firstSegment + index)}`;
        objects.push({ key, bytes: encrypted ? encryptedSize(bytes) : bytes });
      }
    }
  }
  return objects;
}

/** The objects that are missing or have another size. @param stored sizes by key */
export function lostAmong(
  expected: readonly ExpectedObject[],
  stored: ReadonlyMap<string, { size: number }>,
): string[] {
  return expected.flatMap(({ key, bytes }) => {
    const object = stored.get(key);
    return object && (bytes === null || object.size === bytes) ? [] : [key];
  });
}
