import { tryToPlay } from "../element/media-element.ts";
import { type EmbedLook, readEmbedLook } from "./embed-options.ts";

/** Media events that are reported to the embedding page. */
const EVENTS = [
  "play",
  "pause",
  "timeupdate",
  "seeked",
  "ended",
  "volumechange",
  "ratechange",
  "durationchange",
] as const;

/** Commands of the embedding page: `{ kinora: "seek", value: 42 }` (docs/embedding.md). */
const COMMANDS: Record<string, (media: HTMLVideoElement, value: unknown) => void> = {
  play: tryToPlay,
  pause: (media) => media.pause(),
  seek: (media, value) => {
    if (isNumber(value)) media.currentTime = Math.max(0, value);
  },
  volume: (media, value) => {
    if (isNumber(value)) media.volume = Math.min(1, Math.max(0, value));
  },
  muted: (media, value) => {
    media.muted = value === true;
  },
};

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

function sendState(event: string, media: HTMLVideoElement | null): void {
  const state = media && {
    time: media.currentTime,
    duration: Number.isFinite(media.duration) ? media.duration : null,
    paused: media.paused,
    muted: media.muted,
    volume: media.volume,
  };
  // Any site may embed a public video, and nothing in here is secret.
  parent.postMessage({ kinora: event, ...state }, "*");
}

/** Reports the events of a media element to the embedding page. @returns a function that stops it */
export function reportToParent(media: HTMLVideoElement): () => void {
  const listeners = new AbortController();
  for (const name of EVENTS)
    media.addEventListener(name, () => sendState(name, media), { signal: listeners.signal });
  return () => listeners.abort();
}

/**
 * Handles the commands of the embedding page, and tells it that the player is ready for them.
 * @param getMedia null before the viewer or the page has started the player
 * @param start starts the player
 * @param setLook changes how it looks
 * @returns a function that ends it
 */
export function obeyParent(
  getMedia: () => HTMLVideoElement | null,
  start: () => void,
  setLook: (look: EmbedLook) => void,
): () => void {
  const onMessage = (event: MessageEvent<unknown>) => {
    if (event.source !== parent || typeof event.data !== "object" || event.data === null) return;
    const { kinora: name, value } = event.data as { kinora?: unknown; value?: unknown };
    if (name === "look") setLook(readEmbedLook(Object(value)));
    if (typeof name !== "string" || !Object.hasOwn(COMMANDS, name)) return;
    const media = getMedia();
    if (media) COMMANDS[name]?.(media, value);
    else if (name === "play") start();
  };
  addEventListener("message", onMessage);
  sendState("ready", null);
  return () => removeEventListener("message", onMessage);
}
