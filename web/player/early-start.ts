import type { Watch } from "../../workers/contract/watch.ts";
import { openWatch } from "../api.ts";
import { loadMessages } from "../i18n/load-messages.ts";
import { isVideoId } from "../video-id.ts";
import { readEmbedOptions } from "./embed-options.ts";
import { hasMediaSource, loadHls } from "./media-source.ts";

const VIDEO_PAGE = /^\/(?:watch|embed)\/([^/]+)$/;
/** An embedded player waits for a click, unless its address says otherwise. */
const EMBED_PAGE = /^\/embed\//;

let isPlayerRequested = false;
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
  loadHls().catch(() => undefined);
}

/** Preloads the player when a mouse points at a link to a video, or the focus reaches one. */
export function preloadPlayerOnHover(): void {
  const onPointed = (event: Event) => {
    if (event.target instanceof Element && event.target.closest('a[href^="/watch/"]'))
      preloadPlayer();
  };
  document.addEventListener("pointerover", onPointed, { passive: true });
  document.addEventListener("focusin", onPointed, { passive: true });
}

/**
 * Starts everything that the page of a video needs at once, as soon as its address is known: the player's code, the video
 * with its playback, and then the first playlist. Call it with each address: the same one again does nothing.
 */
export function startVideoPage(path: string): void {
  if (path === startedPath) return;
  startedPath = path;
  const id = VIDEO_PAGE.exec(path)?.[1];
  if (!isVideoId(id)) return;
  const { autoplay } = readEmbedOptions(Object.fromEntries(new URLSearchParams(location.search)));
  if (EMBED_PAGE.test(path) && !autoplay) return;
  preloadPlayer();
  early = { id, response: openWatch(id) };
  early.response.then(preloadPlaylist, () => undefined);
}

/** hls.js then finds it in the browser's cache. That of an unfinished video is never cached. */
function preloadPlaylist({ video, playback }: Watch): void {
  if (playback && video.state === "ready") fetch(playback.hls).catch(() => undefined);
}

/** The answer that `startVideoPage` has asked for, once; any further call asks again. */
export function takeWatch(id: string, signal: AbortSignal): Promise<Watch> {
  const taken = early;
  early = null;
  return taken?.id === id ? taken.response : openWatch(id, signal);
}
