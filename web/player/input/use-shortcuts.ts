import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { STARTED } from "../controls/use-controls.ts";
import { keyOf, type ShortcutContext, SHORTCUTS } from "./shortcuts.ts";

/** Elements that take text or use every key themselves. */
const TYPING = "input, textarea, select, [contenteditable], dialog, [role=menu], [role=listbox]";
/** Elements that the space bar presses. */
const PRESSED_BY_SPACE = "button, summary, [role=button], [role=switch], [role=tab]";

/** media-chrome's sliders and buttons name the keys that they handle themselves. */
interface KeyUser extends HTMLElement {
  keysUsed?: unknown;
}

/** Whether the focused element needs the key itself, such as a slider its arrows and a button the space bar. */
function isTaken(target: KeyUser, key: string): boolean {
  if (target.closest(TYPING)) return true;
  if (key === " " && target.closest(PRESSED_BY_SPACE)) return true;
  return Array.isArray(target.keysUsed) && target.keysUsed.includes(key);
}

type PageContext = Pick<ShortcutContext, "chapters" | "openNext" | "openPrevious" | "showHelp">;

/** Applies the player's keyboard shortcuts on the whole page, unless the focused element needs the key. */
export function useShortcuts(
  controller: RefObject<HTMLElement>,
  element: RefObject<HTMLVideoElement>,
  page: PageContext,
): void {
  const latest = useRef(page);
  latest.current = page;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const player = controller.current;
      const media = element.current;
      if (!player || !media || event.defaultPrevented) return;
      if (event.metaKey) return;
      const target = event.target as KeyUser;
      const key = keyOf(event);
      const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(key));
      if (!shortcut || isTaken(target, key)) return;
      // On other pages, the keys belong to the page.
      const isInsideOnly = shortcut.insideOnly || player.closest(".watch-mini") !== null;
      if (isInsideOnly && !player.contains(target)) return;
      event.preventDefault();
      const run = () =>
        shortcut.run(
          {
            media,
            request: (name, detail) => void player.dispatchEvent(new CustomEvent(name, { detail })),
            isFullscreen: player.hasAttribute("mediaisfullscreen"),
            isPictureInPicture: player.hasAttribute("mediaispip"),
            ...latest.current,
          },
          key,
        );
      // Its code loads after the first frame; until then nothing carries requests out.
      if (player.hasAttribute(STARTED)) run();
      else player.addEventListener(STARTED, run, { once: true });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [controller, element]);
}
