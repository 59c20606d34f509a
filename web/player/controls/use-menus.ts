import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const MENU_BUTTONS = "media-settings-menu-button, media-captions-menu-button";

/**
 * Loads the code of the menus when the player is first pointed at, touched or focused: most embedded players never need
 * it. A button that was pressed before the code arrived opens its menu then.
 */
export function useMenus(controller: RefObject<HTMLElement>): void {
  useEffect(() => {
    const player = controller.current;
    if (!player) return;
    const listeners = new AbortController();
    const options = { signal: listeners.signal, passive: true };
    // Without it the next attempt loads it again.
    const load = () =>
      import("./media-chrome-menus.ts").then(
        () => listeners.abort(),
        () => undefined,
      );
    // media-chrome's buttons take keys without a click.
    const onPress = (event: Event) => {
      if (event instanceof KeyboardEvent && !["Enter", " "].includes(event.key)) return;
      const { target } = event;
      const button = target instanceof HTMLElement && target.closest<HTMLElement>(MENU_BUTTONS);
      if (button) void load().then(() => listeners.signal.aborted && button.click());
    };
    for (const name of ["pointerover", "focusin"])
      player.addEventListener(name, () => void load(), options);
    for (const name of ["click", "keyup"]) player.addEventListener(name, onPress, options);
    return () => listeners.abort();
  }, [controller]);
}
