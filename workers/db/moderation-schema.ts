import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { MATURITY_RATINGS } from "../contract/maturity-ratings.ts";
import { REPORT_REASONS } from "../contract/report-reasons.ts";
import { RULING_ACTIONS } from "../contract/ruling-actions.ts";

/** Tables of moderation. Videos without moderation have no rows. Times are milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });

const appealsWait = sql.raw("appealed_at is not null and verdict is null");
const reviewsWait = sql.raw("state = 'waiting'");

/** Moderators' rulings about videos, with the appeal and its verdict. */
export const rulings = sqliteTable(
  "rulings",
  {
    id: text("id").primaryKey(),
    videoId: text("video_id").notNull(),
    ownerId: text("owner_id").notNull(),
    moderatorId: text("moderator_id").notNull(),
    action: text("action", { enum: RULING_ACTIONS }).notNull(),
    reason: text("reason", { enum: REPORT_REASONS }).notNull(),
    /** For the creator. */
    text: text("text").notNull(),
    minRating: text("min_rating", { enum: MATURITY_RATINGS }),
    unlisted: integer("unlisted", { mode: "boolean" }).notNull().default(false),
    /** The source that may not be uploaded again. */
    bannedSha256: text("banned_sha256"),
    /** The previous state of the video, to restore it. */
    visibilityBefore: text("visibility_before", {
      enum: ["public", "unlisted", "private"],
    }).notNull(),
    ratingBefore: text("rating_before", { enum: MATURITY_RATINGS }),
    createdAt: time("created_at").notNull(),
    appealText: text("appeal_text"),
    appealedAt: time("appealed_at"),
    verdict: text("verdict", { enum: ["upheld", "restored"] }),
    verdictText: text("verdict_text"),
    judgeId: text("judge_id"),
    judgedAt: time("judged_at"),
  },
  (table) => [
    index("rulings_video").on(table.videoId, table.createdAt),
    index("rulings_owner").on(table.ownerId, table.createdAt),
    index("rulings_appeals").on(table.appealedAt).where(appealsWait),
  ],
);

/** Restrictions that a moderator has put on a video; the creator cannot change them. */
export const videoLimits = sqliteTable("video_limits", {
  videoId: text("video_id").primaryKey(),
  minRating: text("min_rating", { enum: MATURITY_RATINGS }),
  unlisted: integer("unlisted", { mode: "boolean" }).notNull(),
});

/** First publications that wait for a review (REVIEW_NEW_CREATORS). */
export const videoReviews = sqliteTable(
  "video_reviews",
  {
    videoId: text("video_id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    /** The visibility of the video after approval. */
    wanted: text("wanted", { enum: ["public", "unlisted"] }).notNull(),
    state: text("state", { enum: ["waiting", "approved", "rejected"] }).notNull(),
    askedAt: time("asked_at").notNull(),
  },
  (table) => [index("video_reviews_waiting").on(table.askedAt).where(reviewsWait)],
);

/** Creators of whom moderators have let videos through. */
export const creatorTrust = sqliteTable("creator_trust", {
  ownerId: text("owner_id").primaryKey(),
  approved: integer("approved").notNull(),
  /** When their videos stopped needing a review. */
  trustedAt: time("trusted_at"),
});

/** Sources that may not be uploaded again. */
export const bannedSources = sqliteTable(
  "banned_sources",
  {
    sha256: text("sha256").primaryKey(),
    /** ETag of the stored object, which is the same for the same file, so that it is refused before it is read. */
    etag: text("etag"),
    bytes: integer("bytes").notNull(),
    videoId: text("video_id").notNull(),
    reason: text("reason", { enum: REPORT_REASONS }).notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    index("banned_sources_etag").on(table.etag),
    index("banned_sources_age").on(table.createdAt),
  ],
);
