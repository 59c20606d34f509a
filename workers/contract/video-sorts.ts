/** Of one's own videos only: others are not listed by them. */
export const OWN_SORTS = ["longest", "shortest", "largest", "smallest"] as const;

export const VIDEO_SORTS = [
  "newest",
  "oldest",
  "title",
  "title-desc",
  "popular",
  "least-viewed",
  ...OWN_SORTS,
] as const;
export type VideoSort = (typeof VIDEO_SORTS)[number];
