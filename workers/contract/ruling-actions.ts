// Apart from the schemas: pages need it without zod.

/** What a moderator can do about a video. `reject`: it was not let through before its first publication. */
export const RULING_ACTIONS = ["hide", "restrict", "delete", "reject", "message"] as const;
export type RulingAction = (typeof RULING_ACTIONS)[number];
