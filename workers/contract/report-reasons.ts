// Apart from the schemas: the watch page needs it, and must not load zod.

/** Why a viewer thinks that a video should not be here. */
export const REPORT_REASONS = [
  "sexual",
  "violence",
  "hate",
  "harassment",
  "dangerous",
  "misinformation",
  "spam",
  "copyright",
  "other",
] as const;
