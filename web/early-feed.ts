import { getFeed } from "./api.ts";
import { HERO_SIZES } from "./poster-sources.ts";
import { preloadPoster } from "./first-picture.ts";
import { entryKey, loadName, remember } from "./page-memory.ts";

type Feed = Awaited<ReturnType<typeof getFeed>>;

let early: Promise<Feed> | null = null;

/**
 * Asks for the home page's videos before its code has arrived, and then for the largest picture that it shows. The page shows
 * them at once if they are there first, and takes the request if not.
 */
export function startFeed(path: string): void {
  if (path !== "/") return;
  const [entry, name] = [entryKey(), loadName("feed", [undefined])];
  early = getFeed();
  early.then(
    (feed) => {
      early = null;
      remember(entry, name, feed);
      preloadPoster(feed.hero?.poster, HERO_SIZES);
    },
    () => undefined,
  );
}

/** The response to the request of `startFeed`, once; any further call sends a new request. */
export function takeFeed(signal: AbortSignal): Promise<Feed> {
  const taken = early;
  early = null;
  return taken ?? getFeed(signal);
}
