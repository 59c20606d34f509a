import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PlayerMenus } from "./player-menus.tsx";

const MENU_BUTTONS = "media-settings-menu-button, media-captions-menu-button";

type Menus = typeof PlayerMenus;

/**
 * Loads the menus when the player is first pointed at, touched or focused: most embedded players never need them, and
 * without them the player appears sooner. A button that was pressed before they loaded opens its menu then.
 * @returns the menus, once they are loaded
 */
export function useMenus(controller: RefObject<HTMLElement>): Menus | null {
  const [menus, setMenus] = useState<Menus | null>(null);
  const pressed = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const player = controller.current;
    if (!player || menus) return;
    const listeners = new AbortController();
    const options = { signal: listeners.signal, passive: true };
    // Without it the next attempt loads it again.
    const load = () =>
      import("./player-menus.tsx").then(
        (loaded) => setMenus(() => loaded.PlayerMenus),
        () => undefined,
      );
    // media-chrome's buttons take keys without a click.
    const onPress = (event: Event) => {
      if (event instanceof KeyboardEvent && !["Enter", " "].includes(event.key)) return;
      const { target } = event;
      pressed.current =
        (target instanceof HTMLElement && target.closest<HTMLElement>(MENU_BUTTONS)) || null;
      if (pressed.current) void load();
    };
    for (const name of ["pointerover", "focusin"])
      player.addEventListener(name, () => void load(), options);
    for (const name of ["click", "keyup"]) player.addEventListener(name, onPress, options);
    return () => listeners.abort();
  }, [controller, menus]);
  // As soon as the button finds its menu.
  useLayoutEffect(() => {
    if (!menus) return;
    pressed.current?.click();
    pressed.current = null;
  }, [menus]);
  return menus;
}
