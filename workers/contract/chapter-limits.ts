// Apart from the schemas: the studio needs these, and must not load zod.

export const MAX_CHAPTERS = 100;
export const MAX_CHAPTER_TITLE_LENGTH = 200;
/** A single chapter offers no choice. */
export const MIN_CHAPTERS = 2;
