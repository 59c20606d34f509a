import { noteOwner } from "../audit-note.ts";
import type { Catalog } from "../db/client.ts";
import { readWaysIn } from "../db/video-access.ts";
import { findVideo, type VideoRow } from "../db/videos.ts";
import { ACCESS, type Operation, type Rule } from "../domain/access-rules.ts";
import { authorizeOperation, authorizeResource } from "../domain/access.ts";
import { assertWithinLimit } from "../domain/maturity.ts";
import { isAdmin, isModerator, type Principal } from "../domain/principal.ts";
import {
  awaitsStart,
  canBeOpened,
  closedDoor,
  type Entrance,
  entranceOf,
} from "../domain/video-access.ts";
import { isVisible } from "../domain/videos.ts";

/**
 * Checks that the caller may use a video this way, whose row was read before.
 * @param entrance what lets the caller in to a private video
 * @throws AppError not_found, forbidden, insufficient_scope, above_maturity_limit
 */
export function authorizeVideo(
  principal: Principal,
  operation: Operation,
  row: VideoRow | null,
  entrance: Entrance | null = null,
): VideoRow {
  const visible = row !== null && (isVisible(row) || entrance !== null);
  const video = row && row.deletedAt === null ? { ...row, visible } : null;
  authorizeResource(principal, operation, video, "video");
  // Operations that everyone may use are not recorded as acts on another account's video.
  if (ACCESS[operation].resource === "own" || !video.visible) noteOwner(video.ownerId);
  assertWithinLimit(principal, video);
  return video;
}

/**
 * Like `authorizeVideo`, for operations that viewers may use on a private video that its creator has shared with them.
 * It reads more only for another account's private video.
 * @param db the primary if a token is issued: a replica may not know yet that an access was removed
 * @throws AppError also password_required, invitation_required, premiere_pending
 */
export async function admitToVideo(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  row: VideoRow | null,
): Promise<{ video: VideoRow; entrance: Entrance | null }> {
  const entrance = await findEntrance(db, principal, operation, row);
  return { video: authorizeVideo(principal, operation, row, entrance), entrance };
}

/** @throws AppError password_required, invitation_required, premiere_pending if access is not granted yet */
async function findEntrance(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  row: VideoRow | null,
): Promise<Entrance | null> {
  const rule: Rule = ACCESS[operation];
  const isOpenable = row !== null && canBeOpened(row);
  if (!row || !(isOpenable || awaitsStart(row)) || rule.resource !== "visible") return null;
  const caller = authorizeOperation(principal, operation);
  const userId = caller.kind === "user" ? caller.userId : null;
  const isStaff = isAdmin(caller) || (rule.moderators === true && isModerator(caller));
  if (userId === row.ownerId || isStaff) return null;
  const pass = caller.pass?.videoId === row.id ? caller.pass : null;
  const now = Date.now();
  const ways = await readWaysIn(db, row.id, userId, pass?.via === "link" ? pass.id : null);
  const entrance = isOpenable ? entranceOf(ways, pass, now) : null;
  const refusal = entrance === null ? closedDoor(row, ways) : null;
  if (refusal) throw refusal;
  return entrance;
}

/**
 * The row of a video that the caller may use this way. A deleted video is gone for everyone, including its creator.
 * @throws AppError not_found, forbidden, insufficient_scope, password_required, invitation_required, premiere_pending
 */
export async function authorizedVideo(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<VideoRow> {
  return (await admitToVideo(db, principal, operation, await findVideo(db, id))).video;
}

/**
 * Like `authorizeVideo`, for a video that its creator has deleted and may still restore, or has already restored.
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

/** Like `authorizedVideo`, for a video that is or was in the bin. @throws AppError not_found, insufficient_scope */
export async function restorableVideo(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<VideoRow> {
  return authorizeRestorable(principal, operation, await findVideo(db, id));
}
