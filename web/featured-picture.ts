import type { Feed } from "../workers/contract/search.ts";

/** Asks for the largest picture of the home page, before there is an element that shows it. */
export function preloadFeatured({ hero }: Feed): void {
  if (!hero?.poster) return;
  const picture = new Image();
  picture.fetchPriority = "high";
  picture.src = hero.poster;
}
