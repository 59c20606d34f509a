import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import type { PageQuery } from "../contract/common.ts";
import type { ReviewPage, ReviewRejection } from "../contract/moderation.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { closeReports, hideStatements } from "../db/reports.ts";
import {
  closeReview,
  countApproval,
  findReview,
  isTrusted,
  type ReviewRow,
  setTrust,
  waitingReviews,
} from "../db/reviews.ts";
import { addRuling } from "../db/rulings.ts";
import { changeStatements, findVideo, type VideoRow } from "../db/videos.ts";
import type { Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import type { ModerationNews } from "./moderation-mails.ts";
import { presentVideos } from "./present-videos.ts";
import { rulingOf } from "./ruling-rows.ts";

type ReviewEnv = Pick<
  Env,
  "CATALOG" | "PLAYBACK_TOKEN_SECRETS" | "REVIEW_NEW_CREATORS" | "TRUST_AFTER_REVIEWS"
>;

const Cursor = z.tuple([z.number(), z.string()]);

/** Videos that wait for a review, the oldest first. @throws AppError invalid_cursor */
export async function listReviews(
  env: ReviewEnv,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<ReviewPage> {
  const db = catalog(env);
  const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
  const rows = await waitingReviews(db, limit + 1, after);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const shown = await presentVideos(
    env,
    db,
    items.map(({ video }) => video),
    principal,
  );
  return {
    items: shown.map((video, index) => ({
      video,
      askedAt: new Date(items[index]?.askedAt ?? 0).toISOString(),
    })),
    nextCursor: rows.length > limit && last ? encodeCursor([last.askedAt, last.video.id]) : null,
  };
}

/** Reviews and trust belong to the site. */
const OF_SITE = { ownerId: "", visible: false };

async function waitingReview(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  videoId: string,
): Promise<{ review: ReviewRow; video: VideoRow }> {
  const [review, video] = await Promise.all([findReview(db, videoId), findVideo(db, videoId)]);
  const isThere = review !== null && video !== null && video.deletedAt === null;
  authorizeResource(principal, operation, isThere ? OF_SITE : null, "video");
  if (!review || !video || review.state !== "waiting")
    throw new AppError("conflict", "This video is no longer waiting for a review.");
  return { review, video };
}

/** Approvals after which a creator is trusted; 0 for never. */
function trustAfter({ TRUST_AFTER_REVIEWS }: Pick<Env, "TRUST_AFTER_REVIEWS">): number {
  const count = Number(TRUST_AFTER_REVIEWS);
  if (!Number.isInteger(count) || count < 0)
    throw new Error("TRUST_AFTER_REVIEWS is a number of videos, 0 or more.");
  return count;
}

/**
 * Approves a video: it is published as its creator wants it, at once or at its scheduled time. The caller relays the
 * outbox and notifies the creator.
 * @throws AppError not_found, conflict
 */
export async function approveVideo(
  env: ReviewEnv,
  principal: Principal,
  videoId: string,
): Promise<ModerationNews> {
  const db = catalog(env);
  const { review, video } = await waitingReview(db, principal, "reviews.approve", videoId);
  const now = Date.now();
  await runBatch(db, [
    closeReview(db, videoId, "approved"),
    countApproval(db, video.ownerId, trustAfter(env), now),
    // One with a time waits for it.
    ...(video.publishAt === null
      ? changeStatements(db, [videoId], { visibility: review.wanted }, now)
      : []),
  ]);
  noteAct({ before: { visibility: video.visibility }, after: { visibility: review.wanted } });
  return { ownerId: video.ownerId, title: video.title, what: "approved", text: "" };
}

/**
 * Rejects a video: it stays private, and its creator may appeal. The caller notifies the creator.
 * @throws AppError not_found, conflict
 */
export async function rejectVideo(
  env: ReviewEnv,
  principal: Principal,
  videoId: string,
  { reason, text }: ReviewRejection,
): Promise<ModerationNews> {
  const db = catalog(env);
  const { review, video } = await waitingReview(db, principal, "reviews.reject", videoId);
  const now = Date.now();
  const draft = { action: "reject", reason, text, visibilityBefore: review.wanted } as const;
  await runBatch(db, [
    closeReview(db, videoId, "rejected"),
    ...hideStatements(db, videoId, now),
    closeReports(db, videoId),
    ...addRuling(db, rulingOf(principal, video, draft, now)),
  ]);
  noteAct({ after: { reason, text } });
  return { ownerId: video.ownerId, title: video.title, what: "reject", text };
}

/** Decides whether the videos of a creator need reviews. @throws AppError not_found */
export async function trustCreator(
  env: ReviewEnv,
  principal: Principal,
  ownerId: string,
  trusted: boolean,
): Promise<void> {
  const db = catalog(env);
  const account = await findAccount(db, ownerId);
  authorizeResource(principal, "creators.trust", account && OF_SITE, "creator");
  noteAct({ before: { trusted: await isTrusted(db, ownerId) }, after: { trusted } });
  await setTrust(db, ownerId, trusted, Date.now());
}
