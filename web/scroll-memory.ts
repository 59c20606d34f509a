import { entryKey } from "./page-memory.ts";

const STORAGE_KEY = "kinora.scroll";
const MAX_PLACES = 50;
/** How long a page may load before its scroll position is given up. */
const TIMEOUT_RESTORE_MS = 10_000;
/** How long the position is held after loading has finished: images and fonts may still move it. */
const HOLD_MS = 500;
/** Events with which a viewer leaves the page. */
const INTENTS = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
const BUSY = "[aria-busy=true], .skeleton";

interface ScrollPlace {
  y: number;
  /** `scrollLeft` of elements by their `data-scroll`. */
  rows: Record<string, number>;
}

function readPlaces(): Map<string, ScrollPlace> {
  try {
    return new Map(
      JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "[]") as [string, ScrollPlace][],
    );
  } catch {
    return new Map();
  }
}

function writePlaces(places: Map<string, ScrollPlace>): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify([...places].slice(-MAX_PLACES)));
  } catch {
    // Storage is blocked: positions are kept only as long as the page.
  }
}

/**
 * Restores the viewer's scroll position on every page: the browser itself gives up if a page has not loaded yet. A
 * position is kept per history entry, with those of the rows that scroll sideways.
 */
export function keepScrollPlaces(): void {
  const places = readPlaces();
  let restoring: AbortController | null = null;
  history.scrollRestoration = "manual";

  function record({ target }: Event): void {
    // The page that is being left, or one that is still too short.
    if (restoring) return;
    const key = entryKey();
    const place = places.get(key) ?? { y: 0, rows: {} };
    places.delete(key);
    places.set(key, place);
    if (target === document) place.y = scrollY;
    else if (target instanceof HTMLElement && target.dataset["scroll"])
      place.rows[target.dataset["scroll"]] = target.scrollLeft;
  }

  function apply({ y, rows }: ScrollPlace): void {
    for (const [name, left] of Object.entries(rows)) {
      const row = document.querySelector(`[data-scroll="${CSS.escape(name)}"]`);
      if (row && row.scrollLeft !== left) row.scrollTo({ left, behavior: "instant" });
    }
    if (scrollY !== y) scrollTo({ top: y, behavior: "instant" });
  }

  function restore(): void {
    restoring?.abort();
    const place = places.get(entryKey()) ?? { y: 0, rows: {} };
    const abort = new AbortController();
    restoring = abort;
    abort.signal.addEventListener("abort", () => {
      if (restoring === abort) restoring = null;
    });
    for (const intent of INTENTS)
      addEventListener(intent, () => abort.abort(), { passive: true, signal: abort.signal });
    const deadline = performance.now() + TIMEOUT_RESTORE_MS;
    let quietSince: number | null = null;
    function hold(now: number): void {
      if (abort.signal.aborted) return;
      apply(place);
      const isBusy = document.querySelector(BUSY) !== null || !document.querySelector("#main > *");
      quietSince = isBusy ? null : (quietSince ?? now);
      if (now > deadline || (quietSince !== null && now - quietSince > HOLD_MS)) abort.abort();
      else requestAnimationFrame(hold);
    }
    requestAnimationFrame(hold);
  }

  addEventListener("scroll", record, { capture: true, passive: true });
  addEventListener("popstate", restore);
  addEventListener("pagehide", () => writePlaces(places));
  if (places.has(entryKey())) restore();
}
