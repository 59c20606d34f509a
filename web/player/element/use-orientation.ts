import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Safari has no `lock`. */
type LockableOrientation = Omit<ScreenOrientation, "lock"> &
  Partial<Pick<ScreenOrientation, "lock">>;

/** Rotates a phone's screen to the orientation of the video in full screen, if the browser allows it. */
export function useOrientation(
  controller: RefObject<HTMLElement>,
  element: RefObject<HTMLVideoElement>,
): void {
  useEffect(() => {
    const orientation = screen.orientation as LockableOrientation | undefined;
    const onChange = () => {
      const [player, media] = [controller.current, element.current];
      const isOurs = player !== null && document.fullscreenElement !== null;
      if (!isOurs || !player.contains(document.fullscreenElement)) {
        orientation?.unlock();
        return;
      }
      const shape = media && media.videoHeight > media.videoWidth ? "portrait" : "landscape";
      // Desktop browsers refuse.
      orientation?.lock?.(shape).catch(() => undefined);
    };
    document.addEventListener("fullscreenchange", onChange);
    return () => document.removeEventListener("fullscreenchange", onChange);
  }, [controller, element]);
}
