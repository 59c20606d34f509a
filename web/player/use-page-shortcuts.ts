import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** What media-chrome's controller offers for keys that were pressed elsewhere on the page. */
interface ShortcutTarget extends HTMLElement {
  keyboardShortcutHandler: (event: KeyboardEvent) => void;
}

const KEYS = new Set([" ", "k", "m", "f", "c", "j", "l", "p", "ArrowLeft", "ArrowRight", "<", ">"]);

/**
 * The player's keys work wherever the focus rests on the page, unless it rests on something that uses keys
 * itself. Inside the player media-chrome listens on its own; up and down stay with scrolling.
 */
export function usePageShortcuts(controller: RefObject<HTMLElement>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const player = controller.current as ShortcutTarget | null;
      const target = event.target as HTMLElement;
      const elsewhere = target === document.body || target.id === "main";
      if (!player || !elsewhere || !KEYS.has(event.key)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      player.keyboardShortcutHandler(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [controller]);
}
