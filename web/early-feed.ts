import { getFeed } from "./api.ts";
import { HERO_SIZES } from "./poster-sources.ts";
import { preloadPoster } from "./first-picture.ts";
import { entryKey, loadName, remember } from "./page-memory.ts";

type Feed = Awaited<ReturnType<typeof getFeed>>;

let early: Promise<Feed> | null = null;

/**
 * Requests the home page's videos before its code has loaded, and then the largest image that it shows. If they have
 * arrived, the page shows them at once; otherwise it takes the request over.
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
