import type { Video, VideoState, Visibility } from "../contract/video.ts";
import { Category } from "../contract/video.ts";
import type { Catalog } from "../db/client.ts";
import {
  findVideo,
  type ShownRow,
  type VideoExtras,
  type VideoRow,
  videoExtras,
} from "../db/videos.ts";
import { issuePlaybackToken } from "../media/playback-token.ts";
import { hasOpenImages, imageUrls } from "../media/urls.ts";
import { authorizeResource, type Operation } from "../domain/access.ts";
import { newId } from "../domain/id.ts";
import type { Principal } from "../domain/principal.ts";

interface Watchable {
  visibility: Visibility;
  state: VideoState;
  deletedAt: number | null;
}

/** From the first chunk of the lowest rendition on. */
export const isPlayable = (state: VideoState): boolean => state === "playable" || state === "ready";

/** Whether viewers may download the film: stitched from segments, so never of one whose segments are encrypted. */
export const offersDownloads = (video: Pick<VideoRow, "downloadsEnabled" | "encrypted">): boolean =>
  video.downloadsEnabled && !video.encrypted;

/** Whether others may know of a video and watch it, by its link at least. */
export const isVisible = (video: Watchable): boolean =>
  video.visibility !== "private" && isPlayable(video.state) && video.deletedAt === null;

/** Whether lists, search, suggestions and feeds may show a video to anyone. */
export const isListed = (video: Watchable): boolean =>
  video.visibility === "public" && isVisible(video);

/**
 * The row of a video that the caller may use this way. A deleted one is gone for everyone, its owner too.
 * @throws AppError not_found, forbidden, insufficient_scope
 */
export async function authorizedVideo(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<VideoRow> {
  const row = await findVideo(db, id);
  const video = row && row.deletedAt === null ? { ...row, visible: isVisible(row) } : null;
  authorizeResource(principal, operation, video, "video");
  return video;
}

const iso = (time: number): string => new Date(time).toISOString();

/**
 * The one mapping from a row to what the API shows: lists, search, feed and the watch page use it.
 * @param token a playback token for the video, needed for the images of one that is not public
 */
function toVideo(row: ShownRow, extras: VideoExtras, token: string | null = null): Video {
  const images = imageUrls(row, token);
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    category: Category.catch("other").parse(row.category),
    tags: row.tags,
    people: row.people,
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
    encrypted: row.encrypted,
    playbackRules: row.playbackRules,
    progress: extras.progress,
    createdAt: iso(row.createdAt),
    publishedAt: row.publishedAt === null ? null : iso(row.publishedAt),
    updatedAt: iso(row.updatedAt),
  };
}

/** Seconds that the image URLs of a video that is not public work: as long as a playback token. */
const IMAGES_LIFETIME = 7200;

/**
 * Rows as the API shows them, in their order. The images of videos that are not public need a grant, which is put
 * into their URLs: give in only rows that the caller may see.
 */
export async function presentVideos(
  env: Pick<Env, "PLAYBACK_TOKEN_SECRETS">,
  db: Catalog,
  rows: readonly ShownRow[],
): Promise<Video[]> {
  return presentWithExtras(env, rows, await videoExtras(db, rows));
}

/** As `presentVideos`, where the extras have been read with the rows. */
export function presentWithExtras(
  env: Pick<Env, "PLAYBACK_TOKEN_SECRETS">,
  rows: readonly ShownRow[],
  extras: ReadonlyMap<string, VideoExtras>,
): Promise<Video[]> {
  const unknown: VideoExtras = { creatorName: "", captionLanguages: [], progress: null };
  return Promise.all(
    rows.map(async (row) => {
      const needsGrant = row.posterPath !== null && !hasOpenImages(row);
      const grant = needsGrant
        ? await issuePlaybackToken(env, {
            videoId: row.id,
            version: row.version,
            sessionId: newId(),
            expiresIn: IMAGES_LIFETIME,
            images: true,
          })
        : null;
      return toVideo(row, extras.get(row.id) ?? unknown, grant?.token);
    }),
  );
}
