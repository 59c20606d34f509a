import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

const LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Texts whose contrast is below 7:1, for viewers who prefer more contrast. */
export const faintTexts = (page: Page): Promise<string[]> =>
  violations(page, ["color-contrast-enhanced"]);

/** axe counts the header of these menus, whose slot is hidden, as their child. */
const isInHiddenSlot = (rule: string, html: string): boolean =>
  rule === "aria-required-children" && /^<media-(?:settings|captions)-menu /.test(html);

/** Texts that are hard to read: all that another theme, or the same elements on another screen, can change. */
export const paleTexts = (page: Page): Promise<string[]> => violations(page, ["color-contrast"]);

/** Saves processor time: no details of passed checks, and no style sheets, which none of our rules reads. */
const AXE_OPTIONS = { resultTypes: ["violations"], preload: { assets: ["media"] } };

/**
 * Violations that axe finds on the page.
 * @param rules tags or names of axe's rules; WCAG 2.2 A and AA by default
 */
export async function violations(page: Page, rules = LEVEL_AA): Promise<string[]> {
  // Uses the DevTools protocol, because the page's CSP allows no inline script. axe stays until the page is left.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const result = await page.evaluate(
    async (options) => {
      const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } };
      return axe.run(options);
    },
    { ...AXE_OPTIONS, runOnly: rules },
  );
  return result.violations.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => !isInHiddenSlot(id, html))
      .map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
