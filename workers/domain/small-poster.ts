/** Lines of a poster that is not of a small video; the small one beside it has three fifths, and less than half of the bytes. */
export const LARGE_POSTER_LINES = 720;

/** Names of the files of a poster. Videos that are small, or older than small posters, have only one. */
export const POSTER_FILES = {
  only: "poster.jpg",
  large: "poster-large.jpg",
  small: "poster-small.jpg",
} as const;

/** The path or URL of the small poster beside a large one; null where there is none. */
export function smallPosterOf(poster: string): string | null {
  const { large, small } = POSTER_FILES;
  return poster.endsWith(`/${large}`) ? poster.slice(0, -large.length) + small : null;
}
