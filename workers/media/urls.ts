import type { VideoState, Visibility } from "../contract/videos.ts";

/**
 * The URLs of media and images, relative to the origin. Everything below a version of a video is immutable, so it can
 * be cached forever.
 *
 *   /media/{token}/{videoId}/{version}/{path}    behind a playback token
 *   /images/{videoId}/{version}/{path}           poster, storyboard and preview of a public video
 */

/** What the image URLs of a video depend on. */
export interface ImageSource {
  id: string;
  version: number;
  visibility: Visibility;
  state: VideoState;
  deletedAt: number | null;
  /** Paths below the version; null until the images exist. */
  posterPath: string | null;
  storyboardPath: string | null;
  previewPath: string | null;
}

export interface ImageUrls {
  poster: string | null;
  storyboard: string | null;
  preview: string | null;
}

/** @param path below the version: `p1/multivariant.m3u8`, `event/multivariant.m3u8`, `files/download-mp4.1/video.mp4` */
export const mediaUrl = (token: string, videoId: string, version: number, path: string): string =>
  `/media/${token}/${videoId}/${version}/${path}`;

const imageUrl = (videoId: string, version: number, path: string): string =>
  `/images/${videoId}/${version}/${path}`;

/** True if the images are public: the video is public and can be watched. */
export const hasOpenImages = (
  video: Pick<ImageSource, "visibility" | "state" | "deletedAt">,
): boolean =>
  video.visibility === "public" &&
  (video.state === "playable" || video.state === "ready") &&
  video.deletedAt === null;

/**
 * The image URLs of a video. They are public if the video is public and can be watched; otherwise they need a playback
 * token for it and are null without one.
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
