import { z } from "zod";
import { Id, page, Timestamp } from "./common.ts";
import { ReportReason } from "./reports.ts";
import { RULING_ACTIONS } from "./ruling-actions.ts";
import { linesOfText } from "./text.ts";
import { MaturityRating, Video } from "./videos.ts";

const RulingText = linesOfText(1000);

export const RulingAction = z.enum(RULING_ACTIONS);

/** A moderator's ruling about a video. */
export const RulingCreate = z
  .strictObject({
    action: RulingAction.exclude(["reject"]),
    reason: ReportReason,
    /** For the creator, who gets it by mail and in the studio. */
    text: RulingText.default(""),
    /** With `restrict`: the lowest maturity rating that the creator may give it. */
    minRating: MaturityRating.exclude(["all"]).optional(),
    /** With `restrict`: it can be watched by its link only. */
    unlisted: z.boolean().default(false),
    /** With `hide` and `delete`: this file may not be uploaded again. */
    banSource: z.boolean().default(false),
  })
  .refine((ruling) => ruling.action !== "restrict" || ruling.minRating || ruling.unlisted, {
    path: ["minRating"],
    message: "must have a rating, or be by link only",
  })
  .refine((ruling) => ruling.action !== "message" || ruling.text !== "", {
    path: ["text"],
    message: "must have 1 to 1000 characters",
  });
export type RulingCreate = z.infer<typeof RulingCreate>;

export const ReviewRejection = z.strictObject({
  reason: ReportReason,
  text: RulingText.default(""),
});
export type ReviewRejection = z.infer<typeof ReviewRejection>;

export const Verdict = z.enum(["upheld", "restored"]);
export type Verdict = z.infer<typeof Verdict>;

export const VerdictCreate = z.strictObject({ verdict: Verdict, text: RulingText.default("") });
export type VerdictCreate = z.infer<typeof VerdictCreate>;

export const AppealCreate = z.strictObject({
  text: RulingText.min(1, "must have 1 to 1000 characters"),
});

/** A ruling as the creator of the video sees it. Who decided is not among it. */
export const Ruling = z.object({
  id: Id,
  video: z.object({ id: Id, title: z.string() }),
  action: RulingAction,
  reason: ReportReason,
  text: z.string(),
  minRating: MaturityRating.nullable(),
  unlisted: z.boolean(),
  createdAt: Timestamp,
  appeal: z.object({ text: z.string(), at: Timestamp }).nullable(),
  verdict: z.object({ verdict: Verdict, text: z.string(), at: Timestamp }).nullable(),
  /** Once per ruling. */
  canAppeal: z.boolean(),
});
export type Ruling = z.infer<typeof Ruling>;

export const RulingPage = page(Ruling);
export type RulingPage = z.infer<typeof RulingPage>;

/** A moderator's restrictions for a video. */
export const VideoLimits = z.object({
  minRating: MaturityRating.nullable(),
  unlisted: z.boolean(),
});
export type VideoLimits = z.infer<typeof VideoLimits>;

const ReviewState = z.enum(["waiting", "approved", "rejected"]);

/** The moderators' decisions about a video, as its creator sees them. */
export const VideoModeration = z.object({
  /** Review of the first publication; null if none is needed. */
  review: z.object({ state: ReviewState, askedAt: Timestamp }).nullable(),
  limits: VideoLimits.nullable(),
  /** The newest first. */
  rulings: z.array(Ruling),
});
export type VideoModeration = z.infer<typeof VideoModeration>;

const Moderator = z.object({ id: z.string(), name: z.string() });

/** A ruling as moderators see it. */
export const ModeratorsRuling = Ruling.extend({
  creator: Moderator,
  moderator: Moderator,
  judge: Moderator.nullable(),
});
export type ModeratorsRuling = z.infer<typeof ModeratorsRuling>;

export const AppealPage = page(ModeratorsRuling);
export type AppealPage = z.infer<typeof AppealPage>;

export const ModerationHistory = VideoModeration.extend({
  video: Video,
  rulings: z.array(ModeratorsRuling),
  /** Whether videos of creators whom no moderator trusts need a review, and whether one trusts this creator. */
  hasReviews: z.boolean(),
  isTrusted: z.boolean(),
  /** Whether the file of this video may not be uploaded again. */
  isBanned: z.boolean(),
});
export type ModerationHistory = z.infer<typeof ModerationHistory>;

export const ReviewPage = page(z.object({ video: Video, askedAt: Timestamp }));
export type ReviewPage = z.infer<typeof ReviewPage>;

export const TrustPut = z.strictObject({ trusted: z.boolean() });

export const SourceHash = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");

export const BannedSource = z.object({
  sha256: SourceHash,
  videoId: Id,
  reason: ReportReason,
  createdAt: Timestamp,
});
export const BannedSourcePage = page(BannedSource);
export type BannedSourcePage = z.infer<typeof BannedSourcePage>;
