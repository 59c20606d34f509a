/**
 * The layout of the R2 bucket. Keys are built here and nowhere else, segment names in domain/tasks/segment-names.ts.
 *
 *   sources/{videoId}/{uploadId}                               what the creator uploaded; never served
 *   sources/{videoId}/{uploadId}.remuxed.{version}.{attempt}   the same streams in a container with an index
 *   sources/{videoId}/poster.{revision}                        a picture that the creator uploaded; never served
 *   sources/{videoId}/audio.{uploadId}                         an audio track for edited versions; never served
 *   sources/{videoId}/watermark.{revision}                     one that is laid over edited versions; never served
 *   {videoId}/{version}/{rendition}/{chunk}.{attempt}/init.mp4 the init segment of one attempt of a task ...
 *   {videoId}/{version}/{rendition}/{chunk}.{attempt}/00007.m4s    ... and its segments: immutable; a loser's are swept
 *   {videoId}/{version}/files/{task}.{attempt}/{name}          images, embedded captions, downloads
 *   {videoId}/{version}/p{n}/{name}                            the n-th set of final playlists, with its index.json
 *   {videoId}/owner                                            the owner's id, for the gate; never served
 *   {videoId}/tasks/{version}.{n}.json                         ended tasks, once their rows are gone; never served
 *   captions/{videoId}/{track}.{revision}.vtt                  uploaded and automatic captions
 *   accounts/{userId}/{avatar|banner}.{revision}.jpg           images of a creator's profile
 */
export const sourceKey = (videoId: string, uploadId: string): string =>
  `sources/${videoId}/${uploadId}`;

/** Prefix of everything that was uploaded for a video. */
export const sourcesPrefix = (videoId: string): string => `sources/${videoId}/`;

/** Prefix of the pictures that were uploaded as posters of a video. */
export const uploadedPostersPrefix = (videoId: string): string =>
  `${sourcesPrefix(videoId)}poster.`;

/** @param revision the time of the upload, in milliseconds since the epoch */
export const uploadedPosterKey = (videoId: string, revision: string): string =>
  `${uploadedPostersPrefix(videoId)}${revision}`;

/** Prefix of the pictures that were uploaded as watermarks of a video. */
export const watermarksPrefix = (videoId: string): string => `${sourcesPrefix(videoId)}watermark.`;

/** @param picture its revision, from the recipe */
export const watermarkKey = (videoId: string, picture: string): string =>
  `${watermarksPrefix(videoId)}${picture}`;

/** Prefix of the audio files that were uploaded for edits of a video. */
export const addedAudioPrefix = (videoId: string): string => `${sourcesPrefix(videoId)}audio.`;

export const addedAudioKey = (videoId: string, uploadId: string): string =>
  `${addedAudioPrefix(videoId)}${uploadId}`;

/** Prefix of the copies with an index that were made of a source for one version. */
export const remuxedPrefix = (source: string, version: number): string =>
  `${source}.remuxed.${version}.`;

export const remuxedKey = (source: string, version: number, attempt: number): string =>
  `${remuxedPrefix(source, version)}${attempt}`;

/** The uploaded file itself, given its key or that of a remuxed copy. */
export const uploadedSource = (source: string): string => source.replace(/\.remuxed\.[\d.]+$/, "");

/** Prefix of everything of a video but its sources and uploaded captions. */
export const videoPrefix = (videoId: string): string => `${videoId}/`;

/** Holds the owner's id as text, so that the gate can check a creator's own token without D1. */
export const ownerKey = (videoId: string): string => `${videoId}/owner`;

/** Prefix of the archives of a video's ended tasks. */
export const taskArchivePrefix = (videoId: string): string => `${videoId}/tasks/`;

/** Holds the n-th archive of a version's ended tasks. */
export const taskArchiveKey = (videoId: string, version: number, archive: number): string =>
  `${taskArchivePrefix(videoId)}${version}.${archive}.json`;

export const versionPrefix = (videoId: string, version: number): string => `${videoId}/${version}/`;

/** Folder of one attempt of one chunk, relative to the version. */
export const chunkFolder = (rendition: string, chunk: number, attempt: number): string =>
  `${rendition}/${chunk}.${attempt}`;

/** Folder of one attempt of a task that makes files (images, captions, downloads), relative to the version. */
export const filesFolder = (task: string, attempt: number): string => `files/${task}.${attempt}`;

/** Prefix of everything that any attempt of a task that makes files has stored. */
export const filesPrefix = (videoId: string, version: number, task: string): string =>
  `${versionPrefix(videoId, version)}files/${task}.`;

/** The path below an encrypted version at which players fetch its content key. Nothing is stored there. */
export const CONTENT_KEY_PATH = "key";

/** Virtual folder of the playlists that still grow, relative to the version. Nothing is stored there. */
export const EVENT_FOLDER = "event";

/** Folder of the n-th set of final playlists, relative to the version. */
export const publicationFolder = (publication: number): string => `p${publication}`;

export const publicationPrefix = (videoId: string, version: number, publication: number): string =>
  `${versionPrefix(videoId, version)}${publicationFolder(publication)}/`;

/** File names of the playlists and of what they name, in a publication's folder and in the virtual folder `event`. */
export const MULTIVARIANT_PLAYLIST_NAME = "multivariant.m3u8";
export const DASH_MANIFEST_NAME = "manifest.mpd";
export const CHAPTERS_NAME = "chapters.json";
export const mediaPlaylistName = (rendition: string): string => `${rendition}.m3u8`;
export const iframePlaylistName = (rendition: string): string => `${rendition}.iframes.m3u8`;
/** @param track the tag of a caption track */
export const subtitlePlaylistName = (track: string): string => `subs-${track}.m3u8`;

/** Within a publication's folder, what its playlists were rendered from: a `Publication` as JSON. */
export const PUBLICATION_INDEX_NAME = "index.json";

export function publicationIndexKey(videoId: string, version: number, publication: number): string {
  return `${publicationPrefix(videoId, version, publication)}${PUBLICATION_INDEX_NAME}`;
}

/** @param path relative to the version */
export const isPublicationPath = (path: string): boolean => /^p\d+\//.test(path);

/** @param track its tag */
export const captionsKey = (videoId: string, track: string, revision: number): string =>
  `captions/${videoId}/${track}.${revision}.vtt`;

export const captionsPrefix = (videoId: string): string => `captions/${videoId}/`;

/** The path of a caption track relative to the version, as playlists name it. Uploaded tracks are served there too. */
export function captionPath(videoId: string, version: number, key: string): string {
  return key.startsWith(captionsPrefix(videoId))
    ? `captions/${key.slice(captionsPrefix(videoId).length)}`
    : key.slice(versionPrefix(videoId, version).length);
}

/** The key of a file, given its path below the version as `captionPath` and the playlists write it. */
export function servedKey(videoId: string, version: number, path: string): string {
  return path.startsWith("captions/")
    ? `${captionsPrefix(videoId)}${path.slice("captions/".length)}`
    : `${versionPrefix(videoId, version)}${path}`;
}

/** Prefix of the images of an account. */
export const accountImagesPrefix = (userId: string): string => `accounts/${userId}/`;

/** @param file as the catalogue records it */
export const accountImageKey = (userId: string, file: string): string =>
  `${accountImagesPrefix(userId)}${file}`;
