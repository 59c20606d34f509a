import { posterSources } from "./poster-sources.ts";

/** Requests the largest poster of a page before there is an element that shows it. @param sizes of that element */
export function preloadPoster(url: string | null | undefined, sizes: string): void {
  if (!url) return;
  const picture = new Image();
  Object.assign(picture, { fetchPriority: "high", ...posterSources(url, sizes) });
}
