import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n/translate.ts";
import { STAYS } from "../overlays/feedback.tsx";
import { SEEK_SECONDS } from "../controls/player-controls.tsx";

/** Two taps within this time are a double tap; each further tap within it seeks again. */
const MAX_TAP_INTERVAL_MS = 350;
const FEEDBACK_MS = 700;
/** Share of the player's width on either side that a double tap seeks in. */
const SIDE_SHARE = 0.36;

/** Seeks by double taps on the sides of the player, and shows by how many seconds. */
export function DoubleTap({ element }: { element: RefObject<HTMLVideoElement> }) {
  /** Seconds that the current series of taps has sought; negative is backwards. */
  const [sought, setSought] = useState(0);
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    let lastTapAt = Number.NEGATIVE_INFINITY;
    let lastSide = 0;
    let total = 0;
    let hide: ReturnType<typeof setTimeout> | undefined;
    const onPointerUp = (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      const { left, width } = media.getBoundingClientRect();
      const share = (event.clientX - left) / width;
      const side = share < SIDE_SHARE ? -1 : Number(share > 1 - SIDE_SHARE);
      const isRepeated =
        side !== 0 && side === lastSide && event.timeStamp - lastTapAt < MAX_TAP_INTERVAL_MS;
      lastTapAt = event.timeStamp;
      lastSide = side;
      if (!isRepeated) {
        total = 0;
        return;
      }
      total += side * SEEK_SECONDS;
      media.currentTime = Math.max(0, media.currentTime + side * SEEK_SECONDS);
      setSought(total);
      clearTimeout(hide);
      hide = setTimeout(() => setSought(0), FEEDBACK_MS);
    };
    media.addEventListener("pointerup", onPointerUp);
    return () => {
      media.removeEventListener("pointerup", onPointerUp);
      clearTimeout(hide);
    };
  }, [element]);
  if (sought === 0) return null;
  const direction = sought > 0 ? "forward" : "back";
  return (
    <p {...STAYS} class={`player-feedback player-feedback-${direction}`} role="status">
      {t("player.seconds", { seconds: `${sought > 0 ? "+" : "−"}${Math.abs(sought)}` })}
    </p>
  );
}
