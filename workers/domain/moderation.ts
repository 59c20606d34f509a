import { MATURITY_RATINGS, type MaturityRating } from "../contract/maturity-ratings.ts";
import type { VideoLimits } from "../contract/moderation.ts";
import type { Visibility } from "../contract/videos.ts";

/** What creators see when the file of their video was banned. */
export const BANNED_SOURCE =
  "A moderator has banned this file, so it cannot be published here. Upload another one, or appeal the decision about the video that first had it.";

interface Limited {
  visibility: Visibility;
  maturityRating: MaturityRating | null;
}

const rank = (rating: MaturityRating | null): number =>
  rating === null ? -1 : MATURITY_RATINGS.indexOf(rating);

/** The higher of two ratings. */
function higherRating(a: MaturityRating | null, b: MaturityRating | null): MaturityRating | null {
  return rank(a) >= rank(b) ? a : b;
}

/** The limits of a video after another ruling: they only become stricter. */
export function joinLimits(before: VideoLimits | null, next: VideoLimits): VideoLimits {
  return {
    minRating: higherRating(before?.minRating ?? null, next.minRating),
    unlisted: (before?.unlisted ?? false) || next.unlisted,
  };
}

/** The changes that a video needs to comply with its limits. */
export function changeForLimits(video: Limited, limits: VideoLimits): Partial<Limited> {
  return {
    ...(limits.unlisted && video.visibility === "public" && { visibility: "unlisted" as const }),
    ...(rank(video.maturityRating) < rank(limits.minRating) && {
      maturityRating: limits.minRating,
    }),
  };
}

/** Why its creator may not change a video like this; null if they may. @param after the video as it would be */
export function limitFault(after: Limited, limits: VideoLimits | null): string | null {
  if (!limits) return null;
  if (limits.unlisted && after.visibility === "public")
    return "A moderator has decided that this video can be watched only with its link.";
  if (rank(after.maturityRating) < rank(limits.minRating))
    return `A moderator has decided that this video is for viewers from ${limits.minRating} on.`;
  return null;
}
