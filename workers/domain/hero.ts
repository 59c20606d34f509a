/** Fewer lines look pixelated across a whole window. */
const MIN_HERO_LINES = 720;

interface HeroCandidate {
  id: string;
  width: number | null;
  height: number | null;
  posterPath: string | null;
}

/**
 * Whether a video looks good at the top of the home page: landscape, with a poster, and at least 720 lines, where a video
 * wider than 16:9 counts as high as a 16:9 video of the same width.
 */
export function isHeroQuality({ width, height, posterPath }: HeroCandidate): boolean {
  if (!width || !height || posterPath === null) return false;
  return width >= height && Math.max(height, (width * 9) / 16) >= MIN_HERO_LINES;
}

/**
 * The video at the top of the home page: the first that looks good and that the viewer has not started, so that the
 * choice of an editor comes before the popular ones. A viewer who has started all of them gets one that they have
 * finished; a video to continue has its place in a row.
 * @param candidates listed videos, the best first
 */
export function chooseHero<Candidate extends HeroCandidate>(
  candidates: readonly Candidate[],
  started: ReadonlySet<string>,
  finished: ReadonlySet<string>,
): Candidate | null {
  const good = candidates.filter(isHeroQuality);
  return good.find(({ id }) => !started.has(id)) ?? good.find(({ id }) => finished.has(id)) ?? null;
}
