/**
 * Every URL under which media and images are served. All are relative to the origin, and what hangs on a
 * version of a video never changes, so it may be cached for ever.
 *
 *   /media/{token}/{videoId}/{version}/{path}    behind a playback token
 *   /images/{videoId}/{version}/{path}           poster, storyboard and preview of a public video
 */

/** What the image URLs of a video are made of: columns of its row. */
export interface ImageSource {
  id: string;
  version: number;
  visibility: "public" | "unlisted" | "private";
  state: "uploading" | "queued" | "processing" | "playable" | "ready" | "failed";
  /** Paths below the version, null until the images exist. */
  posterPath: string | null;
  storyboardPath: string | null;
  previewPath: string | null;
}

export interface ImageUrls {
  poster: string | null;
  storyboard: string | null;
  preview: string | null;
}

/** @param path below the version: `p1/multivariant.m3u8`, `event/multivariant.m3u8`, `files/download-mp4.1/film.mp4` */
export const mediaUrl = (token: string, videoId: string, version: number, path: string): string =>
  `/media/${token}/${videoId}/${version}/${path}`;

const imageUrl = (videoId: string, version: number, path: string): string =>
  `/images/${videoId}/${version}/${path}`;

/** True where anyone may see the images: a public video that can be watched. */
export const hasOpenImages = (video: Pick<ImageSource, "visibility" | "state">): boolean =>
  video.visibility === "public" && (video.state === "playable" || video.state === "ready");

/**
 * URLs of a video's pictures. Those of a public, watchable video are plain; those of any other need a grant for
 * it (`issuePlaybackToken` in grant.ts) and are null without one.
 */
export function imageUrls(video: ImageSource, token: string | null = null): ImageUrls {
  const url = (path: string | null): string | null => {
    if (path === null) return null;
    if (hasOpenImages(video)) return imageUrl(video.id, video.version, path);
    return token === null ? null : mediaUrl(token, video.id, video.version, path);
  };
  return {
    poster: url(video.posterPath),
    storyboard: url(video.storyboardPath),
    preview: url(video.previewPath),
  };
}
