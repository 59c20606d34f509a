/**
 * The layout of the R2 bucket: the only place where a key is built.
 *
 *   sources/{videoId}/{uploadId}                               what the creator uploaded; never served
 *   sources/{videoId}/{uploadId}.remuxed.{version}.{attempt}   the same streams in a container with an index
 *   {videoId}/{version}/{rendition}/{chunk}.{attempt}/init.mp4 one task attempt's init segment ...
 *   {videoId}/{version}/{rendition}/{chunk}.{attempt}/00007.m4s    ... and segments: immutable, a loser is swept
 *   {videoId}/{version}/files/{task}.{attempt}/{name}          images, embedded captions, downloads
 *   {videoId}/{version}/p{n}/{name}                            the n-th set of final playlists, index.json with it
 *   {videoId}/owner                                            who owns it, for the gate; never served
 *   captions/{videoId}/{language}.{revision}.vtt               uploaded captions
 */
export const sourceKey = (videoId: string, uploadId: string): string =>
  `sources/${videoId}/${uploadId}`;

/** Everything that was uploaded for a video. */
export const sourcesPrefix = (videoId: string): string => `sources/${videoId}/`;

/** Copies with an index of an uploaded source, made for one version: every key of them starts with this. */
export const remuxedPrefix = (source: string, version: number): string =>
  `${source}.remuxed.${version}.`;

export const remuxedKey = (source: string, version: number, attempt: number): string =>
  `${remuxedPrefix(source, version)}${attempt}`;

/** The uploaded file that a source is, or is a copy of. */
export const uploadedSource = (source: string): string => source.replace(/\.remuxed\.[\d.]+$/, "");

/** Everything of a video but its sources and uploaded captions starts with this. */
export const videoPrefix = (videoId: string): string => `${videoId}/`;

/** Holds the owner's id as text: what a creator's own grant is compared with, without D1. */
export const ownerKey = (videoId: string): string => `${videoId}/owner`;

export const versionPrefix = (videoId: string, version: number): string => `${videoId}/${version}/`;

/** Folder of one attempt of one chunk, relative to the version. */
export const chunkFolder = (rendition: string, chunk: number, attempt: number): string =>
  `${rendition}/${chunk}.${attempt}`;

/** Folder of one attempt of a task that makes files (images, captions, downloads), relative to the version. */
export const filesFolder = (task: string, attempt: number): string => `files/${task}.${attempt}`;

/** Everything that any attempt of a task that makes files has stored starts with this. */
export const filesPrefix = (videoId: string, version: number, task: string): string =>
  `${versionPrefix(videoId, version)}files/${task}.`;

export const initName = "init.mp4";

/** @param index number of the segment in the whole rendition, from 0 */
export const segmentName = (index: number): string => `${String(index).padStart(5, "0")}.m4s`;

/** The number of the media segment that is stored under a key; null for anything else. */
export function segmentIndex(key: string): number | null {
  const [, digits] = /\/(\d{5,7})\.m4s$/.exec(key) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Where players fetch the content key of an encrypted version, below it. Nothing is stored there. */
export const KEY_PATH = "key";

export const publicationFolder = (publication: number): string => `p${publication}`;

/** @param path relative to the version */
export const isPublicationPath = (path: string): boolean => /^p\d+\//.test(path);

export const captionsKey = (videoId: string, language: string, revision: number): string =>
  `captions/${videoId}/${language}.${revision}.vtt`;

export const captionsPrefix = (videoId: string): string => `captions/${videoId}/`;

/** A caption track's path as playlists name it, relative to the version; uploaded ones are served from there too. */
export const captionPath = (videoId: string, version: number, key: string): string =>
  key.startsWith(captionsPrefix(videoId))
    ? `captions/${key.slice(captionsPrefix(videoId).length)}`
    : key.slice(versionPrefix(videoId, version).length);

/** The key of a file by its path below the version, as `captionPath` and the playlists write it. */
export const servedKey = (videoId: string, version: number, path: string): string =>
  path.startsWith("captions/")
    ? `${captionsPrefix(videoId)}${path.slice("captions/".length)}`
    : `${versionPrefix(videoId, version)}${path}`;
