import type { VideoPatch } from "../contract/videos.ts";
import type { Catalog, Statement } from "../db/client.ts";
import {
  approvedAmong,
  askReview,
  isUntrusted,
  type ReviewRow,
  withdrawReviews,
} from "../db/reviews.ts";
import type { VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";

type WantedVisibility = ReviewRow["wanted"];

/** What a change would make visible to others. */
function wantedBy({ visibility, publishAt }: VideoPatch): WantedVisibility | null {
  if (visibility === "public" || visibility === "unlisted") return visibility;
  return publishAt ? "public" : null;
}

/** The part of a change that applies now, and the part that waits for a moderator. */
interface HeldChange {
  /** The videos whose visibility is not changed. */
  held: ReadonlySet<string>;
  /** Statements that put them in the queue, or take them out of it. */
  statements: Statement[];
}

const NOTHING_HELD: HeldChange = { held: new Set(), statements: [] };

/**
 * Holds back what new creators want to publish. The people who run the site, trusted creators and previously approved
 * videos are not held back. Nothing is read if the site has no reviews.
 */
export async function holdBack(
  env: Pick<Env, "REVIEW_NEW_CREATORS">,
  db: Catalog,
  principal: Principal,
  videos: readonly VideoRow[],
  patch: VideoPatch,
): Promise<HeldChange> {
  if (env.REVIEW_NEW_CREATORS !== "true" || principal.kind !== "user") return NOTHING_HELD;
  const ids = videos.map(({ id }) => id);
  if (patch.visibility === "private" && !patch.publishAt)
    return { held: new Set(), statements: [withdrawReviews(db, ids)] };
  const wanted = wantedBy(patch);
  if (!wanted || !(await isUntrusted(db, principal.userId))) return NOTHING_HELD;
  const approved = await approvedAmong(db, ids);
  const held = videos.filter(({ id, visibility }) => !approved.has(id) && visibility === "private");
  return {
    held: new Set(held.map(({ id }) => id)),
    statements: held.map(({ id, ownerId }) =>
      askReview(db, { videoId: id, ownerId, wanted, askedAt: Date.now() }),
    ),
  };
}

/** Like `holdBack`, for the visibility of a new video. @returns what needs a review; null if nothing does */
export async function heldAtUpload(
  env: Pick<Env, "REVIEW_NEW_CREATORS">,
  db: Catalog,
  ownerId: string,
  patch: VideoPatch,
): Promise<WantedVisibility | null> {
  const wanted = env.REVIEW_NEW_CREATORS === "true" ? wantedBy(patch) : null;
  return wanted && (await isUntrusted(db, ownerId)) ? wanted : null;
}

/**
 * Refuses changes that would add unreviewed material to a video: a review covers only the first upload.
 * @param ownerId of the video
 * @throws AppError forbidden
 */
export async function assertMayAddContent(
  env: Pick<Env, "REVIEW_NEW_CREATORS">,
  db: Catalog,
  ownerId: string,
): Promise<void> {
  if (env.REVIEW_NEW_CREATORS === "true" && (await isUntrusted(db, ownerId)))
    throw new AppError(
      "forbidden",
      "Moderators review your first videos. Until they trust you, upload this as a new video.",
    );
}
