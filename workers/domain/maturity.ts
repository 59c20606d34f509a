import {
  MATURITY_LIMITS,
  MATURITY_RATINGS,
  type MaturityLimit,
  type MaturityRating,
} from "../contract/maturity-ratings.ts";
import { AppError } from "./errors.ts";
import type { Principal } from "./principal.ts";

/** The ratings of the videos that a limit leaves. */
export function ratingsWithin(limit: MaturityLimit): readonly MaturityRating[] {
  return MATURITY_RATINGS.slice(0, MATURITY_RATINGS.indexOf(limit) + 1);
}

/** The limits that leave a video with this rating: none does without one. */
export function limitsOver(rating: MaturityRating | null): readonly MaturityLimit[] {
  return rating === null
    ? []
    : MATURITY_LIMITS.filter((limit) => ratingsWithin(limit).includes(rating));
}

/** The highest rating that the caller may see or watch; null for any, and for videos that are not rated. */
export function limitOf(caller: Principal): MaturityLimit | null {
  return caller.maturityLimit ?? null;
}

/** Whether a limit allows a video. An unrated video is refused, because it has not been declared suitable. */
export function isWithinLimit(
  limit: MaturityLimit | null,
  { maturityRating: rating }: { maturityRating: MaturityRating | null },
): boolean {
  return limit === null || limitsOver(rating).includes(limit);
}

/** @throws AppError above_maturity_limit */
export function assertWithinLimit(
  caller: Principal,
  video: { maturityRating: MaturityRating | null },
): void {
  if (isWithinLimit(limitOf(caller), video)) return;
  throw new AppError(
    "above_maturity_limit",
    caller.kind === "anonymous"
      ? "This video is not for every age. Sign in to watch it."
      : "This profile may not watch this video. Choose another profile to watch it.",
  );
}
