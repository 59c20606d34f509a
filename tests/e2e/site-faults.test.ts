import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { answerLate, change } from "../support/product/intercepted-api.ts";
import { cardOf, feedWithHero, longFeed, longSearch } from "../support/product/long-pages.ts";
import {
  brokenWords,
  HUNDRED_LETTERS,
  LONG_TITLES,
  SCREENS,
  titleSetting,
} from "../support/product/hero-title.ts";
import {
  layoutShiftOf,
  MAX_LAYOUT_SHIFT,
  observeShifts,
  scrollThrough,
  withoutCache,
} from "../support/product/layout-shifts.ts";
import { ARABIC } from "../support/product/long-words.ts";
import { startSession } from "../support/product/session.ts";
import type { Feed, SearchResult } from "../../workers/contract/search.ts";
import type { Video } from "../../workers/contract/videos.ts";
import type { Watch } from "../../workers/contract/watch.ts";

const origin = inject("origin");
const LONG_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz";
let browser: Browser;
let video: PublishedVideo;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-faults-"));
  video = await publishVideo(origin, folder, `${ARABIC} ${LONG_WORD}`);
  const api = new ApiClient(origin);
  await api.signIn(video.account);
  await api.call("PATCH", `/v1/videos/${video.id}`, {
    description: `${ARABIC} https://example.com/${"x".repeat(200)}`,
    tags: ["x".repeat(50), ARABIC],
    people: ["y".repeat(100), ARABIC],
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const newContext = () => browser.newContext({ baseURL: origin, reducedMotion: "reduce" });

/** Of visitors: most tests open their pages in the same context, which has loaded the site's code before. */
let visitors: BrowserContext | undefined;

async function withPage<T>(
  width: number,
  use: (page: Page) => Promise<T>,
  context?: BrowserContext,
): Promise<T> {
  const page = await (context ?? (visitors ??= await newContext())).newPage();
  try {
    await page.setViewportSize({ width, height: 800 });
    return await use(page);
  } finally {
    await page.close();
  }
}

// pages.test.ts has the other pages, on phones and laptops.
describe("a page has no layout shifts while it loads", () => {
  test.each([390, 820, 1440])("at %d pixels", async (width) => {
    const context = await newContext();
    onTestFinished(() => context.close());
    await withPage(
      width,
      async (page) => {
        await startSession(page, video.account);
        // Fonts and pictures arrive as late as at the first visit.
        await withoutCache(page);
        await observeShifts(page);
        const endHero = await feedWithHero(page);
        await answerLate(page);
        const unsteady: string[] = [];
        async function look(name: string, path: string): Promise<void> {
          await page.goto(path);
          await settled(page);
          if (name.startsWith("long")) await scrollThrough(page);
          const { cls, moved } = await layoutShiftOf(page);
          if (cls >= MAX_LAYOUT_SHIFT) unsteady.push(`${name}: ${cls.toFixed(3)} = ${moved}`);
        }
        // On a tablet, which uses the layouts of the others, only the main pages are tested.
        const main = ["/", "/search?q=Rind", `/watch/${video.id}`, `/creator/${video.creatorId}`];
        if (width === 820) for (const path of main) await look(path, path);
        await endHero();
        await longFeed(page);
        await longSearch(page);
        await look("long home", "/");
        await look("long search", "/search?q=Rind");
        expect(unsteady).toEqual([]);
      },
      context,
    );
  });
});

test.each([
  "Harbour",
  "Extraordinary transformations of photographers",
  "INTERNATIONALIZATION WWW",
  "The Godfather Part II",
  HUNDRED_LETTERS,
])("the hero breaks no word at any width: %s", async (title) => {
  await withPage(1920, async (page) => {
    await feedWithHero(page, title);
    await page.goto("/");
    await settled(page);
    const broken: string[] = [];
    for (let width = 1920; width >= 320; width -= 50) {
      await page.setViewportSize({ width, height: 800 });
      const words = await brokenWords(page);
      broken.push(...words.map((word) => `${width}: ${word}`));
    }
    expect(broken).toEqual([]);
  });
});

test.each(LONG_TITLES)("$title fits in the hero, with the watch button in view", async (long) => {
  await withPage(1440, async (page) => {
    await feedWithHero(page, long.title);
    await page.goto("/");
    for (const { width, height } of SCREENS) {
      await page.setViewportSize({ width, height });
      await settled(page);
      // Letters of a joined script must not be spaced apart.
      const set = { width, isCut: false, areTight: !long.isTall };
      await expect.poll(() => titleSetting(page)).toMatchObject(set);
      expect((await titleSetting(page)).lines).toBeGreaterThan(long.isTall ? 1.2 : 0.8);
      const button = (await page.locator(".hero .button").boundingBox())!;
      expect([width, button.y + button.height < height]).toEqual([width, true]);
    }
  });
});

describe("the back button returns to the viewer's scroll position", () => {
  /** Opens the video in the middle of a list and goes back. */
  async function leaveAndReturn(
    page: Page,
    card: string,
  ): Promise<{ before: number; after: number }> {
    const link = cardOf(page, card);
    await link.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    const from = page.url();
    await link.click();
    await page.waitForURL("**/watch/**");
    await page.waitForFunction(() => scrollY === 0);
    await page.goBack();
    await page.waitForURL(from);
    await cardOf(page, card).waitFor();
    await page
      .waitForFunction((y) => Math.abs(scrollY - y) < 3, before, { timeout: 5000 })
      .catch(() => undefined);
    return { before, after: await page.evaluate(() => scrollY) };
  }

  test("on the home page, also inside a row", async () => {
    await withPage(390, async (page) => {
      await longFeed(page);
      await page.goto("/");
      const { before, after } = await leaveAndReturn(page, "Video 88");
      expect(before).toBeGreaterThan(800);
      expect(Math.abs(after - before)).toBeLessThan(3);
      const box = await cardOf(page, "Video 88").boundingBox();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.x).toBeLessThan(390);
    });
  });

  test("in the results of a search, beyond the first page", async () => {
    await withPage(390, async (page) => {
      await longSearch(page);
      await page.goto("/search?q=Rind");
      for (const last of ["Video 19", "Video 39", "Video 59"]) {
        await cardOf(page, last).scrollIntoViewIfNeeded();
      }
      const { before, after } = await leaveAndReturn(page, "Video 50");
      expect(before).toBeGreaterThan(5000);
      expect(Math.abs(after - before)).toBeLessThan(3);
    });
  });

  test("after a reload", async () => {
    await withPage(390, async (page) => {
      await longFeed(page);
      await page.goto("/");
      await cardOf(page, "Video 88").scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => scrollY);
      await page.reload();
      await page.waitForFunction((y) => Math.abs(scrollY - y) < 3, before);
    });
  });
});

test("blank names never lead to empty links", async () => {
  await withPage(1440, async (page) => {
    const blank = (of: Video): Video => ({
      ...of,
      title: "\u200b",
      creator: { ...of.creator, name: "\u2060" },
      people: ["\u200b", "Ann"],
      tags: ["\u3164", "sea"],
    });
    await change<Feed>(page, "*/v1/feed", ({ rows, watched }) => ({
      hero: blank(rows[0]!.items[0]!),
      watched,
      rows: rows.map((row) => ({ ...row, items: row.items.map(blank) })),
    }));
    await change<SearchResult>(page, "*/v1/search?*", (result) => ({
      ...result,
      items: result.items.map((item) => ({
        ...item,
        video: blank(item.video),
        highlights: { title: [], description: null },
      })),
    }));
    await change<Watch>(page, `*/v1/videos/${video.id}/watch`, (watch) => ({
      ...watch,
      video: blank(watch.video),
    }));
    for (const path of ["/", "/search?q=Rind", `/watch/${video.id}`]) {
      await page.goto(path);
      await settled(page);
      const empty = await page.evaluate(() =>
        Array.from(document.querySelectorAll("a[href], h1, h2, h3"))
          .filter((element) => element.closest("[aria-hidden=true]") === null)
          .filter((element) => {
            const text = element.getAttribute("aria-label") ?? element.textContent;
            return /^[\s\p{C}\p{Z}\u3164]*$/u.test(text);
          })
          .map((element) => element.outerHTML.slice(0, 200)),
      );
      expect([path, empty]).toEqual([path, []]);
    }
  });
});

test("text is shown in its own direction", async () => {
  await withPage(1440, async (page) => {
    const places = {
      "/": [".hero-title", ".card-title"],
      "/search?q=Rind": [".card-title"],
      [`/watch/${video.id}`]: [".watch-title", ".watch-description", ".tags li:nth-child(2) a"],
      [`/embed/${video.id}`]: ["h1"],
    };
    for (const [path, selectors] of Object.entries(places)) {
      if (path === "/") await feedWithHero(page, ARABIC);
      await page.goto(path);
      await settled(page);
      for (const selector of selectors) {
        // Other files publish videos meanwhile.
        const element = page.locator(selector).filter({ hasText: ARABIC }).first();
        const direction = await element.evaluate((node) => getComputedStyle(node).direction);
        expect([path, selector, direction]).toEqual([path, selector, "rtl"]);
      }
    }
  });
});

test.each([
  ["/search?q=x&minHeight=tall&length=a-b", "Part of this address is not valid."],
  ["/search?q=x&sort=best", "Part of this address is not valid."],
  ["/studio/mistyped", "There is no page at this address."],
  ["/embed/mistyped", "This video is unavailable."],
])("%s explains the error in words", async (path, sentence) => {
  await withPage(390, async (page) => {
    await page.goto(path);
    await page.getByText(sentence).waitFor();
    expect(await page.locator("body").innerText()).not.toMatch(/\b(param|query|body)\.\w/);
  });
});

test("a page shows a message when its code cannot be loaded, as after a deploy", () =>
  withPage(390, async (page) => {
    await page.route(/\/assets\/search-.*\.js$/, (route) => route.abort());
    await page.goto("/search?q=a");
    await page.getByText("This page failed to load.").waitFor();
    await page.unrouteAll();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".hits, .state").first().waitFor();
  }));
