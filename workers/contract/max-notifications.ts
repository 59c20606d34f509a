// Apart from the schemas: the header of every page needs it, and must not load zod.

/** How many of the newest videos the notifications show. */
export const MAX_NOTIFICATIONS = 10;
