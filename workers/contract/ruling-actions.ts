// Apart from the schemas: pages need it without zod.

/** A moderator's actions on a video. `reject`: its first publication was refused. */
export const RULING_ACTIONS = ["hide", "restrict", "delete", "reject", "message"] as const;
export type RulingAction = (typeof RULING_ACTIONS)[number];
