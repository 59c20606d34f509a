import type { Page } from "playwright-core";

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** RGBA values of an area of the page, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: number[];
}

/** Takes a screenshot of an area and lets the browser decode it. */
export async function pixelsOf(page: Page, area: Area): Promise<Pixels> {
  const png = await page.screenshot({ clip: area, scale: "css" });
  return page.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      const { data, width, height } = context.getImageData(0, 0, image.width, image.height);
      return { data: Array.from(data), width, height };
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
}

function luminances({ data }: Pixels): number[] {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const result: number[] = [];
  for (let i = 0; i < data.length; i += 4) {
    const [red = 0, green = 0, blue = 0] = data.slice(i, i + 3);
    result.push(0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue));
  }
  return result;
}

/**
 * The contrast ratio of light text to its background, which fills most of the area.
 * Source: WCAG 2.2, relative luminance and contrast ratio
 */
export function textContrast(pixels: Pixels): number {
  const sorted = luminances(pixels).toSorted((a, b) => a - b);
  const background = sorted[Math.floor(sorted.length / 2)]!;
  return (sorted.at(-1)! + 0.05) / (background + 0.05);
}

/** Number of pixels with about this colour. @param colour red, green and blue */
export function pixelsOfColour({ data }: Pixels, colour: readonly number[]): number {
  let found = 0;
  for (let i = 0; i < data.length; i += 4)
    if (colour.every((value, channel) => Math.abs((data[i + channel] ?? 0) - value) < 24)) found++;
  return found;
}

/** Number of rows that differ between two images of the same area. */
export function differingRows(before: Pixels, after: Pixels): number {
  const rowBytes = before.width * 4;
  let rows = 0;
  for (let start = 0; start < before.data.length; start += rowBytes) {
    const isDifferent = before.data
      .slice(start, start + rowBytes)
      .some((value, i) => Math.abs(value - (after.data[start + i] ?? 0)) > 16);
    if (isDifferent) rows++;
  }
  return rows;
}
