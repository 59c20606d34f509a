import type { Page } from "playwright-core";

const MIN_RING_PIXELS = 2;
/** https://www.w3.org/WAI/WCAG22/Understanding/non-text-contrast */
const MIN_RING_CONTRAST = 3;

/** Whether a page is wider than the window, so that it scrolls sideways or is shrunk on phones. */
export async function isTooWide(page: Page): Promise<boolean> {
  const width = page.viewportSize()?.width ?? 0;
  return (await page.evaluate(() => document.documentElement.scrollWidth)) > width;
}

/** What moves, or would move on a change, on a page of a viewer who prefers reduced motion. */
export function movingParts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const MAX_MS = 1;
    const running = document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > MAX_MS)
      .map(({ effect }) => (effect as KeyframeEffect).target)
      // Inside media-chrome's elements there are only fades.
      .filter((target) => target?.getRootNode() === document);
    /** Durations in milliseconds; a style may have several. */
    const longest = (durations: string) =>
      Math.max(...durations.split(",").map((duration) => Number.parseFloat(duration) * 1000));
    const ready = Array.from(document.querySelectorAll("body *")).filter((element) => {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
      const moves = animationName === "none" ? 0 : longest(animationDuration);
      return Math.max(moves, longest(transitionDuration)) > MAX_MS;
    });
    return [...running, ...ready].map((element) => element?.outerHTML.slice(0, 100) ?? "");
  });
}

/** The controls of a page that the keyboard cannot reach, or that do not show clearly that they have the focus. */
export async function controlsWithoutFocusRing(page: Page): Promise<string[]> {
  // From here on browsers treat each change of focus as made with the keyboard.
  await page.keyboard.press("Tab");
  const limits = { minPixels: MIN_RING_PIXELS, minContrast: MIN_RING_CONTRAST };
  return page.evaluate(({ minPixels, minContrast }) => {
    const CONTROLS = "a[href], button, select, textarea, input, summary, [tabindex='0']";
    const channelsOf = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    // Source: WCAG 2.2, relative luminance and contrast ratio
    function luminanceOf(colour: string): number {
      const [red, green, blue] = channelsOf(colour).map((value) =>
        value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      ) as [number, number, number];
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }
    function contrastOf(one: string, other: string): number {
      const [dark = 0, light = 0] = [one, other].map(luminanceOf).toSorted((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    }
    /** The background behind the focus ring of an element. */
    function groundOf(element: Element): string {
      let { parentElement: around } = element;
      while (around && channelsOf(getComputedStyle(around).backgroundColor)[3] === 0)
        around = around.parentElement;
      return getComputedStyle(around ?? document.documentElement).backgroundColor;
    }
    /** How the focus may be shown: a ring around the control, its label, or an element drawn for it. */
    function ringsOf(control: HTMLElement): string[] {
      const bearers = [control, control.nextElementSibling, control.closest("label")];
      return bearers.map((bearer) => {
        if (!bearer) return "";
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(bearer);
        const isRing =
          outlineStyle !== "none" &&
          Number.parseFloat(outlineWidth) >= minPixels &&
          contrastOf(outlineColor, groundOf(bearer)) >= minContrast;
        return isRing ? `${outlineColor} ${boxShadow}` : boxShadow;
      });
    }
    const isReachable = (control: HTMLElement) =>
      control.tabIndex >= 0 &&
      !control.matches(":disabled") &&
      (control.checkVisibility({ visibilityProperty: true }) ||
        getComputedStyle(control).display === "contents") &&
      // The player's controls have their own test.
      !control.closest("media-controller");
    return Array.from(document.querySelectorAll<HTMLElement>(CONTROLS))
      .filter(isReachable)
      .filter((control) => {
        (document.activeElement as HTMLElement | null)?.blur();
        const before = ringsOf(control);
        control.focus({ preventScroll: true });
        return document.activeElement !== control || before.join() === ringsOf(control).join();
      })
      .map((control) => control.outerHTML.slice(0, 120));
  }, limits);
}

/** Selected states and progress that look like everything else once the system chooses the colours. */
export async function unmarkedStates(page: Page): Promise<string[]> {
  await page.emulateMedia({ forcedColors: "active" });
  const unmarked = await page.evaluate(() => {
    const CHOSEN =
      '[aria-current]:not([aria-current="false"]), [aria-selected="true"], [aria-pressed="true"]';
    const BARS = ".progress-fill, .meter-on";
    const lookOf = (element: Element) => {
      const { backgroundColor, color, borderWidth, outline, textDecorationLine } =
        getComputedStyle(element);
      return [backgroundColor, color, borderWidth, outline, textDecorationLine].join();
    };
    const isLikeOthers = (element: Element) => {
      const around = element.closest("ul, ol, nav, [role=group], main");
      const peers = Array.from(around?.querySelectorAll(element.localName) ?? []).filter(
        (peer) => !peer.matches(CHOSEN) && peer.classList[0] === element.classList[0],
      );
      return peers.some((peer) => lookOf(peer) === lookOf(element));
    };
    const isInvisible = (bar: Element) =>
      bar.parentElement &&
      getComputedStyle(bar).backgroundColor === getComputedStyle(bar.parentElement).backgroundColor;
    return [
      ...Array.from(document.querySelectorAll(CHOSEN)).filter(isLikeOthers),
      ...Array.from(document.querySelectorAll(BARS)).filter(isInvisible),
    ].map((element) => element.outerHTML.slice(0, 120));
  });
  await page.emulateMedia({ forcedColors: "none" });
  return unmarked;
}
