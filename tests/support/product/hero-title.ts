import type { Page } from "playwright-core";

export const HUNDRED_LETTERS =
  "How the lighthouse keepers of the northern islands learned to read the weather in the flight of gull";

/** Titles that are hard to lay out. `isTall`: their letters are taller than Latin ones, or joined. */
export const LONG_TITLES = [
  { title: HUNDRED_LETTERS, isTall: false },
  {
    title: "嵐の夜に灯台守が見たもの——北の島々の三十年にわたる記録と、海へ出た人々の物語",
    isTall: true,
  },
  {
    title: "حراس المنارة في الجزر الشمالية وكيف تعلموا قراءة الطقس من طيران النوارس فوق البحر",
    isTall: true,
  },
];

/** A phone, a tablet in portrait and a laptop. */
export const SCREENS = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
];

/** The words of the hero's title that are broken over several lines or extend beyond its box. */
export const brokenWords = (page: Page): Promise<string[]> =>
  // Waits some frames: one for the layout, one for its observers.
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) {
      await new Promise((done) => requestAnimationFrame(done));
    }
    const heading = document.querySelector(".hero-title")!;
    const text = heading.firstChild!;
    const range = document.createRange();
    const box = document.querySelector(".hero-text")!.getBoundingClientRect();
    return Array.from(heading.textContent.matchAll(/\S+/g)).flatMap((match) => {
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      const lines = new Set(Array.from(range.getClientRects(), ({ top }) => top)).size;
      const isCut = range.getBoundingClientRect().right > box.right + 1;
      return lines > 1 || isCut ? [`${match[0]}: ${lines} lines${isCut ? ", cut" : ""}`] : [];
    });
  });

/** How the hero's title is laid out. `lines`: their height, in multiples of the font size. */
export const titleSetting = (page: Page) =>
  page.locator(".hero-title").evaluate((element) => {
    const { fontSize, lineHeight, letterSpacing } = getComputedStyle(element);
    return {
      width: document.documentElement.scrollWidth,
      isCut: element.scrollWidth > element.clientWidth,
      lines: Number.parseFloat(lineHeight) / Number.parseFloat(fontSize),
      areTight: Number.parseFloat(letterSpacing) < 0,
    };
  });
