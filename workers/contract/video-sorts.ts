/** For lists of your own videos only. */
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
