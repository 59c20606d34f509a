/** The number of profiles per account, including its holder's. */
export const MAX_PROFILES = 6;
