import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { settled, signIn, sitePages, WIDTHS } from "../../scripts/product/site-pages.ts";
import { feedWithHero } from "../support/product/long-pages.ts";
import { collectErrors } from "../support/product/page-errors.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const QUERY = "harbour";

describe.each(WIDTHS)("at %d pixels", (width) => {
  let browser: Browser;
  let page: Page;
  let errors: () => string[];
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
    errors = collectErrors(page);
    await signIn(page, video.account);
    await feedWithHero(page);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(sitePages({ id: "VIDEO", creatorId: "CREATOR" }, QUERY))(
    "$name has no error, no accessibility violation, and fits",
    async ({ path }) => {
      await page.goto(path.replace("VIDEO", video.id).replace("CREATOR", video.creatorId));
      await settled(page);
      expect(errors()).toEqual([]);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
    },
  );

  /** The pages that every visitor sees, with a word of each in the language. */
  const LANGUAGES = [
    ["de", "ltr", "Suche", "Kinomodus", "Passwort"],
    ["ar", "rtl", "بحث", "وضع السينما", "كلمة المرور"],
  ] as const;

  test.each(LANGUAGES)(
    "a browser in %s gets home, search, watch and sign-in in its language, %s",
    async (locale, dir, search, theatre, password) => {
      const context = await browser.newContext({
        baseURL: origin,
        locale,
        viewport: { width, height: 900 },
        reducedMotion: "reduce",
      });
      const foreign = await context.newPage();
      const open = async (path: string) => {
        await foreign.goto(path);
        await settled(foreign);
        expect(await violations(foreign)).toEqual([]);
        const root = await foreign.evaluate(() => {
          const { lang, scrollWidth } = document.documentElement;
          return { lang, dir: getComputedStyle(document.body).direction, scrollWidth };
        });
        expect(root).toMatchObject({ lang: locale, dir });
        expect(root.scrollWidth).toBeLessThanOrEqual(width);
      };
      await open("/");
      await open(`/search?q=${QUERY}`);
      await foreign.getByRole("heading", { name: search, exact: true }).waitFor();
      await open(`/watch/${video.id}`);
      await foreign.locator(`.player-theatre[aria-label="${theatre}"]`).waitFor({
        state: width > 900 ? "visible" : "attached",
      });
      const player = foreign.locator("media-controller");
      expect(await player.evaluate((element) => getComputedStyle(element).direction)).toBe("ltr");
      await open("/sign-in");
      await foreign.getByLabel(password).first().waitFor();
      await context.close();
    },
  );

  test("a language that is chosen in the footer is remembered", async () => {
    const context = await browser.newContext({ baseURL: origin, viewport: { width, height: 900 } });
    const visitor = await context.newPage();
    await visitor.goto("/sign-in");
    await visitor.getByLabel("Language").selectOption("Deutsch");
    await visitor.getByRole("heading", { name: "Anmelden" }).waitFor();
    await visitor.goto("/no/such/page");
    await visitor.getByRole("heading", { name: "Seite nicht gefunden" }).waitFor();
    expect(await visitor.title()).toBe("Seite nicht gefunden · Kinora");
    await context.close();
  });
});
