// Apart from the schemas, and from the names that only the studio needs.

/** Players report how often each hundredth of a video was played. */
export const HUNDREDTHS = 100;
