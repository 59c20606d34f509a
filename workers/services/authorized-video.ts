import { noteOwner } from "../audit-note.ts";
import type { Catalog } from "../db/client.ts";
import { findVideo, type VideoRow } from "../db/videos.ts";
import { ACCESS, authorizeResource, type Operation } from "../domain/access.ts";
import { assertWithinLimit } from "../domain/maturity.ts";
import type { Principal } from "../domain/principal.ts";
import { isVisible } from "../domain/videos.ts";

/**
 * Checks that the caller may use a video this way, whose row was read before.
 * @throws AppError not_found, forbidden, insufficient_scope, above_maturity_limit
 */
export function authorizeVideo(
  principal: Principal,
  operation: Operation,
  row: VideoRow | null,
): VideoRow {
  const video = row && row.deletedAt === null ? { ...row, visible: isVisible(row) } : null;
  authorizeResource(principal, operation, video, "video");
  // What everyone may do with a video is no act on somebody else's.
  if (ACCESS[operation].resource === "own" || !video.visible) noteOwner(video.ownerId);
  assertWithinLimit(principal, video);
  return video;
}

/**
 * The row of a video that the caller may use this way. A deleted video is gone for everyone, including its creator.
 * @throws AppError not_found, forbidden, insufficient_scope
 */
export async function authorizedVideo(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<VideoRow> {
  return authorizeVideo(principal, operation, await findVideo(db, id));
}

/**
 * As `authorizeVideo`, for one that its creator has deleted and may still restore, or has restored already.
 * @throws AppError not_found, insufficient_scope
 */
export function authorizeRestorable(
  principal: Principal,
  operation: Operation,
  row: VideoRow | null,
): VideoRow {
  const video = row && row.erasedAt === null ? { ...row, visible: false } : null;
  authorizeResource(principal, operation, video, "video");
  noteOwner(video.ownerId);
  return video;
}

/** As `authorizedVideo`, for one that is in the bin or was. @throws AppError not_found, insufficient_scope */
export async function restorableVideo(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<VideoRow> {
  return authorizeRestorable(principal, operation, await findVideo(db, id));
}
