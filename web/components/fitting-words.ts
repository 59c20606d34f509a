import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Below this size, a word that is too long is broken. */
const MIN_FONT_PIXELS = 16;
/** Less than the exact size, because browsers round the widths of letters. */
const SAFETY = 0.98;

/**
 * Scripts whose letters are taller than Latin ones, or joined: their headings need taller lines and no negative letter
 * spacing.
 */
const TALL_SCRIPTS =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}]/u;

/** Gives a heading its own size, or the size at which its longest word fits in one line. */
function fitWords(heading: HTMLElement): void {
  const { style } = heading;
  style.fontSize = "";
  style.overflowWrap = "normal";
  // Done twice: letter spacing and the negative margin do not scale exactly.
  for (let pass = 0; pass < 2 && heading.scrollWidth > heading.clientWidth; pass += 1) {
    const size = Number.parseFloat(getComputedStyle(heading).fontSize);
    const fitting = (size * heading.clientWidth * SAFETY) / heading.scrollWidth;
    style.fontSize = `${Math.max(MIN_FONT_PIXELS, fitting)}px`;
  }
  if (heading.scrollWidth > heading.clientWidth) style.overflowWrap = "anywhere";
}

/**
 * Keeps the words of a large heading whole at every width of the page.
 * @param text of the heading
 * @returns for the heading, which fills the width of its parent
 */
export function useFittingWords(text: string): RefObject<HTMLHeadingElement> {
  const ref = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const heading = ref.current;
    const parent = heading?.parentElement;
    if (!heading || !parent) return;
    heading.toggleAttribute("data-tall", TALL_SCRIPTS.test(text));
    const fit = (): void => fitWords(heading);
    fit();
    let width = parent.clientWidth;
    const observer = new ResizeObserver(() => {
      // Only its own height changes when the heading is fitted.
      if (parent.clientWidth === width) return;
      width = parent.clientWidth;
      fit();
    });
    observer.observe(parent);
    document.fonts.addEventListener("loadingdone", fit);
    return () => {
      observer.disconnect();
      document.fonts.removeEventListener("loadingdone", fit);
    };
  }, [text]);
  return ref;
}
