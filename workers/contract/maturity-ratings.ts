/** Ages from which a video is suitable, in ascending order; `all` is for everyone. */
export const MATURITY_RATINGS = ["all", "7", "12", "16", "18"] as const;
export type MaturityRating = (typeof MATURITY_RATINGS)[number];

/** The highest rating that a profile may watch. A video without a rating is above every limit. */
export const MATURITY_LIMITS = ["all", "7", "12", "16"] as const satisfies MaturityRating[];
export type MaturityLimit = (typeof MATURITY_LIMITS)[number];
