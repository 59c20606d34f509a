import type { Video, VideoState, Visibility } from "../contract/video.ts";
import { Category } from "../contract/video.ts";
import type { Catalog } from "../db/client.ts";
import { type VideoExtras, type VideoRow, videoExtras } from "../db/videos.ts";
import { imageUrls } from "../media/urls.ts";
import type { Resource } from "./access.ts";

interface Watchable {
  visibility: Visibility;
  state: VideoState;
  deletedAt: number | null;
}

/** From the first chunk of the lowest rendition on. */
export const isPlayable = (state: VideoState): boolean => state === "playable" || state === "ready";

/** Whether others may know of a video and watch it, by its link at least. */
export const isVisible = (video: Watchable): boolean =>
  video.visibility !== "private" && isPlayable(video.state) && video.deletedAt === null;

/** Whether lists, search, suggestions and feeds may show a video to anyone. */
export const isListed = (video: Watchable): boolean =>
  video.visibility === "public" && isVisible(video);

/** A deleted video is gone for everyone, its owner too. */
export const videoResource = (video: VideoRow | null): Resource | null =>
  video === null || video.deletedAt !== null
    ? null
    : { ownerId: video.ownerId, visible: isVisible(video) };

const iso = (time: number): string => new Date(time).toISOString();

/**
 * The one mapping from a row to what the API shows: lists, search, feed and the watch page use it.
 * @param token a playback grant for the video, needed for the images of one that is not public
 */
export function toVideo(row: VideoRow, extras: VideoExtras, token: string | null = null): Video {
  const images = imageUrls(row, token);
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    category: Category.catch("other").parse(row.category),
    tags: row.tags,
    language: row.language,
    visibility: row.visibility,
    state: row.state,
    error:
      row.state === "failed" && row.errorCode !== null
        ? { code: row.errorCode, detail: row.errorDetail ?? "" }
        : null,
    creator: { id: row.ownerId, name: extras.creatorName },
    duration: row.duration,
    width: row.width,
    height: row.height,
    hdr: row.hdr,
    captionLanguages: extras.captionLanguages,
    poster: images.poster,
    preview: images.preview,
    views: row.views,
    downloadsEnabled: row.downloadsEnabled,
    progress: extras.progress,
    createdAt: iso(row.createdAt),
    publishedAt: row.publishedAt === null ? null : iso(row.publishedAt),
    updatedAt: iso(row.updatedAt),
  };
}

/** Rows as the API shows them, in their order. */
export async function presentVideos(db: Catalog, rows: readonly VideoRow[]): Promise<Video[]> {
  const extras = await videoExtras(db, rows);
  const unknown: VideoExtras = { creatorName: "", captionLanguages: [], progress: null };
  return rows.map((row) => toVideo(row, extras.get(row.id) ?? unknown));
}
