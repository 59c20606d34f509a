import { smallPosterOf } from "../workers/domain/small-poster.ts";

/** Widths at which posters are shown, as `sizes` of an image: in cards of lists, and in the home page's hero. */
export const CARD_SIZES = "(max-width: 45rem) 95vw, 22rem";
export const HERO_SIZES = "(max-width: 45rem) 95vw, 55vw";

/** Pixels of a small and of a large poster in 16:9. */
const SMALL_WIDTH = 768;
const LARGE_WIDTH = 1280;

interface PosterSources {
  sizes?: string;
  srcset?: string;
  src: string;
}

/** Attributes of an image that shows a poster: browsers take the small one if it is sharp enough. */
export function posterSources(poster: string, sizes: string): PosterSources {
  const small = smallPosterOf(poster);
  if (!small) return { src: poster };
  return { sizes, srcset: `${small} ${SMALL_WIDTH}w, ${poster} ${LARGE_WIDTH}w`, src: poster };
}

/** The poster that browsers take for an image as wide as the window, for uses without `srcset`. */
export function fittingPoster(poster: string): string {
  // Reading `innerWidth` would force a layout in the middle of a render.
  const { matches } = matchMedia(`(max-width: ${SMALL_WIDTH / devicePixelRatio}px)`);
  return (matches && smallPosterOf(poster)) || poster;
}
