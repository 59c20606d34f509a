import type { ModeratorsRuling, Ruling } from "../contract/moderation.ts";
import type { ShownRuling } from "../db/rulings.ts";

const iso = (time: number | null): string => new Date(time ?? 0).toISOString();

/** A ruling for the creator of its video. */
export function presentRuling(row: ShownRuling): Ruling {
  const { id, videoId, title, action, reason, text, minRating, unlisted } = row;
  return {
    ...{ id, action, reason, text, minRating, unlisted },
    video: { id: videoId, title: title ?? "" },
    createdAt: iso(row.createdAt),
    appeal:
      row.appealedAt === null ? null : { text: row.appealText ?? "", at: iso(row.appealedAt) },
    verdict:
      row.verdict === null
        ? null
        : { verdict: row.verdict, text: row.verdictText ?? "", at: iso(row.judgedAt) },
    canAppeal: action !== "message" && row.appealedAt === null && row.verdict === null,
  };
}

/** A ruling for moderators. */
export function presentToModerators(row: ShownRuling): ModeratorsRuling {
  return {
    ...presentRuling(row),
    creator: { id: row.ownerId, name: row.creatorName ?? "" },
    moderator: { id: row.moderatorId, name: row.moderatorName ?? "" },
    judge: row.judgeId === null ? null : { id: row.judgeId, name: row.judgeName ?? "" },
  };
}
