import type { Page } from "playwright-core";

/** https://www.w3.org/WAI/WCAG22/Understanding/target-size-enhanced */
const MIN_TARGET_PIXELS = 44;

/**
 * The controls on a page that are too small for fingers. A link in a line of text may be as high as the text, and a
 * check box counts with its label. media-chrome's controls have their own test.
 */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((minimum) => {
    const CONTROLS = "a[href], button, select, textarea, input, summary, [role=option]";
    const OTHERS = "media-controller, .visually-hidden, .skip-link";
    /** A link in a sentence is as high as its line. */
    const isInText = (control: Element) => getComputedStyle(control).display === "inline";
    const isShown = (control: Element) =>
      control.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    function sizeOf(control: Element): { width: number; height: number } {
      const isChecked = control.matches("input[type=checkbox], input[type=radio]");
      return ((isChecked && control.closest("label")) || control).getBoundingClientRect();
    }
    return Array.from(document.querySelectorAll(CONTROLS))
      .filter((control) => isShown(control) && !control.closest(OTHERS) && !isInText(control))
      .flatMap((control) => {
        const { width, height } = sizeOf(control);
        // Controls without their own box consist of others.
        if (height === 0 || Math.round(Math.min(width, height)) >= minimum) return [];
        return `${Math.round(width)}x${Math.round(height)} ${control.outerHTML.slice(0, 120)}`;
      });
  }, MIN_TARGET_PIXELS);
}
