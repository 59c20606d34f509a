import type { Watch } from "../../../workers/contract/watch.ts";
import { openWatch } from "../../api.ts";
import { dayOf } from "../../format.ts";
import { loadMessages } from "../../i18n/load-messages.ts";
import { nextTask } from "../../next-task.ts";
import { isVideoId } from "../../video-id.ts";
import { readEmbedOptions } from "../embed/embed-options.ts";
import { loadHls } from "../stream/media-source.ts";
import { hasMediaSource } from "../element/media-support.ts";

const VIDEO_PAGE = /^\/(?:watch|embed)\/([^/]+)$/;
/** An embedded player waits for a click, unless its address says otherwise. */
const EMBED_PAGE = /^\/embed\//;

let isPlayerRequested = false;
let isHlsLoaded = false;
let startedPath = "";
let early: { id: string; response: Promise<Watch> } | null = null;

/** Downloads the player and hls.js, for a viewer who is about to open a video. */
export function preloadPlayer(): void {
  if (isPlayerRequested) return;
  isPlayerRequested = true;
  // Without them the page loads them again, and shows the error.
  import("./player.tsx").catch(() => undefined);
  loadMessages("watch").catch(() => undefined);
  if (!hasMediaSource()) return;
  loadHls().then(
    () => (isHlsLoaded = true),
    () => undefined,
  );
}

/**
 * Preloads the player when a mouse or a finger points at a link to a video, or the focus reaches one.
 * @param loadPage loads the code of the page around it
 */
export function preloadPlayerOnHover(loadPage: () => Promise<unknown>): void {
  let isRequested = false;
  const onPointed = ({ target }: Event) => {
    if (isRequested || !(target instanceof Element) || !target.closest('a[href^="/watch/"]'))
      return;
    isRequested = true;
    preloadPlayer();
    loadPage().catch(() => undefined);
  };
  document.addEventListener("pointerover", onPointed, { passive: true });
  document.addEventListener("focusin", onPointed, { passive: true });
}

/**
 * Starts everything that a video page needs as soon as its address is known: the player's code, the video with its
 * playback, and then the first playlist. Call it with each address; repeating an address does nothing.
 */
export function startVideoPage(path: string): void {
  if (path === startedPath) return;
  startedPath = path;
  const id = VIDEO_PAGE.exec(path)?.[1];
  if (!isVideoId(id)) return;
  const { autoplay } = readEmbedOptions(Object.fromEntries(new URLSearchParams(location.search)));
  if (EMBED_PAGE.test(path) && !autoplay) return;
  preloadPlayer();
  const response = openWatch(id);
  response.then(preloadStream, () => undefined);
  early = { id, response: EMBED_PAGE.test(path) ? response : response.then(withDate) };
  // The page reports what failed, once it has its code.
  early.response.catch(() => undefined);
}

/**
 * Formats the date of a video before its page shows it. For the first date, the browser loads what `Intl` knows of the
 * language, which takes longer than the rest of that page: so it is a task of its own.
 */
async function withDate(watch: Watch): Promise<Watch> {
  await nextTask();
  dayOf(watch.video.publishedAt ?? watch.video.createdAt);
  await nextTask();
  return watch;
}

/**
 * Begins to load the stream. While hls.js itself is still loading, the browser gets the multivariant playlist, and hls.js
 * then finds it in the browser's cache. Playlists of an unfinished video are never cached.
 */
function preloadStream(watch: Watch): void {
  const { video, playback } = watch;
  if (!playback || video.state !== "ready" || !hasMediaSource()) return;
  if (!isHlsLoaded) fetch(playback.hls).catch(() => undefined);
  // An embedded player has other rules for where it starts.
  if (EMBED_PAGE.test(location.pathname)) return;
  import("../stream/early-stream.ts").then(
    ({ loadEarlyStream }) => loadEarlyStream(watch),
    () => undefined,
  );
}

/** The response to the request of `startVideoPage`, once; any further call sends a new request. */
export function takeWatch(id: string, signal: AbortSignal): Promise<Watch> {
  const taken = early;
  early = null;
  return taken?.id === id ? taken.response : openWatch(id, signal);
}
