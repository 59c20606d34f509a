import type { AccessPass } from "./access-pass.ts";
import { AppError } from "./errors.ts";
import { isWatchable } from "./videos.ts";
import type { VideoState, Visibility } from "../contract/videos.ts";

/** The catalogue's data about the accesses to a private video that apply to one caller. */
export interface WaysIn {
  /** Id of the current password; null without one. */
  passwordId: string | null;
  /** The link that the caller has opened; null if there is none, or it was revoked. */
  link: { expiresAt: number } | null;
  /** Whether any account is invited. */
  hasInvitations: boolean;
  /** Invitation of the caller's account. */
  invitation: { id: string; lastUsedAt: number | null } | null;
  /** Its page is shown before it is published. */
  hasPremiere: boolean;
}

/** Why a viewer may watch a private video of another account. */
export interface Entrance {
  /** When it expires, in milliseconds since the epoch; null for never. */
  until: number | null;
  /** The invitation of the caller's account, if it grants the access. */
  invitation: WaysIn["invitation"];
  /** When this was decided, in milliseconds since the epoch: an access that is removed later ends its playbacks. */
  judgedAt: number;
}

interface OpenableVideo {
  visibility: Visibility;
  state: VideoState;
  publishAt: number | null;
  publishedAt: number | null;
  deletedAt: number | null;
  hiddenAt: number | null;
}

/** Whether a video can be shared at all: one that a moderator has hidden cannot. */
export function canBeOpened(video: Omit<OpenableVideo, "publishAt" | "publishedAt">): boolean {
  return (
    video.visibility === "private" &&
    isWatchable(video.state) &&
    video.deletedAt === null &&
    video.hiddenAt === null
  );
}

/** Whether a video with a premiere has not started yet: until its time, and until it can be watched. */
export function awaitsStart(video: OpenableVideo): boolean {
  const { state, visibility, publishAt, publishedAt, deletedAt, hiddenAt } = video;
  const isScheduled = visibility === "private" && publishAt !== null;
  const isLate = visibility === "public" && publishedAt === null && !isWatchable(state);
  const isMade = state !== "uploading" && state !== "failed";
  return isMade && deletedAt === null && hiddenAt === null && (isScheduled || isLate);
}

/**
 * The one rule that opens a private video to others: an invited account, the current password, or a link that has neither
 * expired nor been revoked.
 * @param pass what the caller has proven about this video
 * @returns null if access is refused
 */
export function entranceOf(ways: WaysIn, pass: AccessPass | null, now: number): Entrance | null {
  const entrance = { until: null, invitation: null, judgedAt: now };
  if (ways.invitation) return { ...entrance, invitation: ways.invitation };
  if (!pass || pass.until <= now) return null;
  if (pass.via === "password") return pass.id === ways.passwordId ? entrance : null;
  return ways.link && ways.link.expiresAt > now
    ? { ...entrance, until: ways.link.expiresAt }
    : null;
}

/** The error for a viewer who may not watch; null if they must not learn that there is a video. */
export function closedDoor(
  video: OpenableVideo,
  { passwordId, hasInvitations, hasPremiere }: Omit<WaysIn, "link" | "invitation">,
): AppError | null {
  if (hasPremiere && awaitsStart(video))
    return new AppError("premiere_pending", "This video has not started yet.");
  if (!canBeOpened(video)) return null;
  if (passwordId !== null)
    return new AppError("password_required", "This video is private. Enter its password.");
  if (hasInvitations)
    return new AppError(
      "invitation_required",
      "This video is private. Sign in with the account that was invited to watch it.",
    );
  return null;
}

/** Whether an error comes from `closedDoor`, and so reveals that there is a video. */
export function isClosedDoor(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === "password_required" ||
      error.code === "invitation_required" ||
      error.code === "premiere_pending")
  );
}
