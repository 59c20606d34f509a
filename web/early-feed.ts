import { getFeed } from "./api.ts";
import { preloadPicture } from "./first-picture.ts";

type Feed = Awaited<ReturnType<typeof getFeed>>;

let early: Promise<Feed> | null = null;

/** Asks for the home page's videos before its code has arrived, and then for the largest picture that it shows. */
export function startFeed(path: string): void {
  if (path !== "/") return;
  early = getFeed();
  early.then(
    ({ hero }) => preloadPicture(hero?.poster),
    () => undefined,
  );
}

/** The answer that `startFeed` has asked for, once; any further call asks again. */
export function takeFeed(signal: AbortSignal): Promise<Feed> {
  const taken = early;
  early = null;
  return taken ?? getFeed(signal);
}
