import type { Page } from "playwright-core";
import { expect } from "vitest";
import { settled } from "../../../scripts/product/site-pages.ts";
import { violations } from "./violations.ts";

/** Expects that the page breaks no rule of axe and that nothing is wider than the screen. */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  expect(await violations(page)).toEqual([]);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
}
