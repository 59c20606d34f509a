import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** media-chrome's controller, with its handler for keys pressed outside it. */
interface ShortcutTarget extends HTMLElement {
  keyboardShortcutHandler: (event: KeyboardEvent) => void;
}

const KEYS = new Set([" ", "k", "m", "f", "c", "j", "l", "p", "ArrowLeft", "ArrowRight", "<", ">"]);

/**
 * Applies the player's keyboard shortcuts when no control of the page has the focus. Inside the player media-chrome
 * listens by itself; the up and down keys keep scrolling the page.
 */
export function usePageShortcuts(controller: RefObject<HTMLElement>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const player = controller.current as ShortcutTarget | null;
      const target = event.target as HTMLElement;
      const unfocused = target === document.body || target.id === "main";
      if (!player || !unfocused || !KEYS.has(event.key)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      player.keyboardShortcutHandler(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [controller]);
}
