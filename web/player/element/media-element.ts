/** Plays. If the browser refuses, the player stays paused, as its controls show. */
export function tryToPlay(media: HTMLMediaElement): void {
  void media.play().catch(() => undefined);
}

/** The nearest time within the video. @param time seconds */
export function timeWithin({ duration }: HTMLMediaElement, time: number): number {
  const end = Number.isFinite(duration) ? duration : Number.POSITIVE_INFINITY;
  return Math.min(end, Math.max(0, time));
}
