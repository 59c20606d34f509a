import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { wantsLessMotion } from "../reduced-motion.ts";

/** Share of a row that one press of an arrow scrolls: the last card becomes the first. */
const SCROLL_SHARE = 0.85;
/** Browsers round the positions of a zoomed page. */
const EDGE_TOLERANCE_PX = 4;

type Step = -1 | 1;

interface RowArrows {
  /** Ref of the scrolling element. */
  scroller: RefObject<HTMLUListElement>;
  /** Whether the row can still scroll backwards and forwards in reading direction. */
  canMove: { back: boolean; forward: boolean };
  /** Scrolls the row by about one screen. */
  move: (step: Step) => void;
}

const isRightToLeft = (element: Element): boolean => getComputedStyle(element).direction === "rtl";

/** Moves the focus from card to card of a row, with the arrow keys, Home and End. */
function moveFocus(row: HTMLElement, event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const links = Array.from(row.querySelectorAll<HTMLElement>(".card-link"));
  const ahead = isRightToLeft(row) ? "ArrowLeft" : "ArrowRight";
  const behind = isRightToLeft(row) ? "ArrowRight" : "ArrowLeft";
  const card = (event.target as Element).closest("li");
  const at = links.findIndex((link) => card?.contains(link));
  const places: Record<string, number> = {
    [ahead]: at + 1,
    [behind]: at - 1,
    Home: 0,
    End: links.length - 1,
  };
  const link = links[places[event.key] ?? -1];
  if (at < 0 || !link) return;
  event.preventDefault();
  link.focus();
}

/**
 * A row of cards that scrolls sideways: with arrows, with keys, and natively on touch screens.
 * @param count number of its cards
 */
export function useRowArrows(count: number): RowArrows {
  const scroller = useRef<HTMLUListElement>(null);
  const [canMove, setCanMove] = useState({ back: false, forward: false });

  useEffect(() => {
    const row = scroller.current;
    if (!row) return;
    function look(): void {
      // In a right-to-left row, positions are negative.
      const from = Math.abs(row!.scrollLeft);
      const back = from > EDGE_TOLERANCE_PX;
      const forward = from + row!.clientWidth < row!.scrollWidth - EDGE_TOLERANCE_PX;
      setCanMove((before) =>
        before.back === back && before.forward === forward ? before : { back, forward },
      );
    }
    look();
    const observer = new ResizeObserver(look);
    observer.observe(row);
    const onKeyDown = (event: KeyboardEvent): void => moveFocus(row, event);
    row.addEventListener("scroll", look, { passive: true });
    row.addEventListener("keydown", onKeyDown);
    return () => {
      observer.disconnect();
      row.removeEventListener("scroll", look);
      row.removeEventListener("keydown", onKeyDown);
    };
  }, [count]);

  function move(step: Step): void {
    const row = scroller.current;
    if (!row) return;
    const sign = isRightToLeft(row) ? -step : step;
    row.scrollBy({
      left: sign * row.clientWidth * SCROLL_SHARE,
      behavior: wantsLessMotion() ? "instant" : "smooth",
    });
  }

  return { scroller, canMove, move };
}
