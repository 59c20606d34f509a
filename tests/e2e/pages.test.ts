import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { settled, signIn, sitePages, WIDTHS } from "../../scripts/product/site-pages.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const QUERY = "harbour";

describe.each(WIDTHS)("at %d pixels", (width) => {
  let browser: Browser;
  let page: Page;
  let video: PublishedVideo;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kinora-pages-"));
    video = await publishVideo(origin, folder, `Harbour at ${width}`);
    browser = await launchBrowser();
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height: 900 },
      reducedMotion: "reduce",
    });
    page = await context.newPage();
    await signIn(page, video.account);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(sitePages("VIDEO", QUERY))(
    "$name has no accessibility violation and fits",
    async ({ path }) => {
      await page.goto(path.replace("VIDEO", video.id));
      await settled(page);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
    },
  );
});
