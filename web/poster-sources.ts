import { smallPosterOf } from "../workers/domain/small-poster.ts";

/** How wide posters are shown, as `sizes` of an image: those of cards in lists, and that of the home page's hero. */
export const CARD_SIZES = "(max-width: 45rem) 95vw, 22rem";
export const HERO_SIZES = "(max-width: 45rem) 95vw, 55vw";

/** Pixels; the large poster is twice as wide. */
const SMALL_WIDTH = 640;

interface PosterSources {
  sizes?: string;
  srcset?: string;
  src: string;
}

/** Attributes of an image that shows a poster: browsers take the small one where it is sharp enough. */
export function posterSources(poster: string, sizes: string): PosterSources {
  const small = smallPosterOf(poster);
  if (!small) return { src: poster };
  return { sizes, srcset: `${small} ${SMALL_WIDTH}w, ${poster} ${2 * SMALL_WIDTH}w`, src: poster };
}

/** The poster that Chromium takes for an image of a width, for what has no `srcset`. @param width CSS pixels */
export function fittingPoster(poster: string, width: number): string {
  const wanted = width * devicePixelRatio;
  const isEnough =
    wanted <= SMALL_WIDTH || (devicePixelRatio > 1 && wanted < SMALL_WIDTH * Math.SQRT2);
  return (isEnough && smallPosterOf(poster)) || poster;
}
