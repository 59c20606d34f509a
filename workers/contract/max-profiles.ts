/** People who can watch with one account, its holder among them. */
export const MAX_PROFILES = 6;
