import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { clock } from "../../format.ts";
import { FEEDBACK_EVENT } from "../overlays/feedback.tsx";
import { timeWithin } from "../element/media-element.ts";

/** Seconds that a swipe over the whole width of the player moves, unless the video is shorter. */
const SECONDS_PER_WIDTH = 120;
/** A finger that moves less has tapped. */
const MIN_SWIPE_PIXELS = 24;
const MIN_VERTICAL_PIXELS = 70;

/**
 * Swipes on the video: sideways to seek, and down to leave full screen. On the page, vertical swipes scroll
 * (`touch-action`).
 */
export function useSwipe(
  controller: RefObject<HTMLElement>,
  element: RefObject<HTMLVideoElement>,
): void {
  useEffect(() => {
    const [player, media] = [controller.current, element.current];
    if (!player || !media) return;
    const listeners = new AbortController();
    const { signal } = listeners;
    const request = (name: string, detail?: unknown) =>
      player.dispatchEvent(new CustomEvent(name, { detail }));
    let start: { id: number; x: number; y: number; time: number } | null = null;
    let target: number | null = null;
    const onDown = (event: PointerEvent) => {
      start =
        event.pointerType === "touch" && event.isPrimary
          ? { id: event.pointerId, x: event.clientX, y: event.clientY, time: media.currentTime }
          : null;
      target = null;
    };
    const onMove = (event: PointerEvent) => {
      if (start?.id !== event.pointerId || !Number.isFinite(media.duration)) return;
      const moved = event.clientX - start.x;
      const isSideways = Math.abs(moved) > Math.abs(event.clientY - start.y);
      if (target === null && (Math.abs(moved) < MIN_SWIPE_PIXELS || !isSideways)) return;
      const seconds = Math.min(SECONDS_PER_WIDTH, media.duration);
      target = timeWithin(media, start.time + (moved / media.clientWidth) * seconds);
      request(FEEDBACK_EVENT, clock(target));
    };
    const onUp = (event: PointerEvent) => {
      if (start?.id !== event.pointerId) return;
      const down = event.clientY - start.y;
      if (target !== null) request("mediaseekrequest", target);
      else if (down > MIN_VERTICAL_PIXELS && player.hasAttribute("mediaisfullscreen"))
        request("mediaexitfullscreenrequest");
      start = null;
    };
    media.addEventListener("pointerdown", onDown, { signal });
    media.addEventListener("pointermove", onMove, { signal });
    media.addEventListener("pointerup", onUp, { signal });
    media.addEventListener("pointercancel", () => (start = null), { signal });
    return () => listeners.abort();
  }, [controller, element]);
}
