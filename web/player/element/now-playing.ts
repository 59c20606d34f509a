import { signal } from "@preact/signals";
import { wantsLessMotion } from "../../reduced-motion.ts";
import { tryToPlay } from "./media-element.ts";

/** The video element of the page's player, for components beside it: chapters, transcript, times in the description. */
export const nowPlaying = signal<HTMLVideoElement | null>(null);

/** Goes to a time of the video that the page shows, and plays from there. @param seconds */
export function playFrom(seconds: number): void {
  const media = nowPlaying.value;
  if (!media) return;
  media.currentTime = seconds;
  tryToPlay(media);
  media.scrollIntoView({ block: "nearest", behavior: wantsLessMotion() ? "instant" : "smooth" });
}
