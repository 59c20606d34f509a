import type { RulingRow } from "../db/rulings.ts";
import type { VideoRow } from "../db/videos.ts";
import { newId } from "../domain/id.ts";
import { type Principal, signedIn } from "../domain/principal.ts";

/** The content of a ruling, before it is stored. */
type RulingDraft = Pick<RulingRow, "action" | "reason" | "text"> &
  Partial<Pick<RulingRow, "minRating" | "unlisted" | "bannedSha256" | "visibilityBefore">>;

/** The row of a ruling about a video in its current state. */
export function rulingOf(
  moderator: Principal,
  video: VideoRow,
  draft: RulingDraft,
  now: number,
): RulingRow {
  return {
    ...{ id: newId(), videoId: video.id, ownerId: video.ownerId },
    moderatorId: signedIn(moderator).userId,
    ...{ minRating: null, unlisted: false, bannedSha256: null },
    ...{ visibilityBefore: video.visibility, ratingBefore: video.maturityRating, createdAt: now },
    ...{ appealText: null, appealedAt: null, verdict: null, verdictText: null },
    ...{ judgeId: null, judgedAt: null },
    ...draft,
  };
}
