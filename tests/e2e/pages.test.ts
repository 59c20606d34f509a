import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { otherPages, settled, sitePages, WIDTHS } from "../../scripts/product/site-pages.ts";
import { makeAdmin } from "../support/product/admin-account.ts";
import { answerLate } from "../support/product/intercepted-api.ts";
import {
  followReads,
  layoutShiftOf,
  MAX_LAYOUT_SHIFT,
  observeShifts,
} from "../support/product/layout-shifts.ts";
import { feedWithHero } from "../support/product/long-pages.ts";
import { LONG_WORD, writeLongWords } from "../support/product/long-words.ts";
import {
  controlsWithoutFocusRing,
  isTooWide,
  movingParts,
  unmarkedStates,
} from "../support/product/page-audit.ts";
import { collectErrors } from "../support/product/page-errors.ts";
import { startSession } from "../support/product/session.ts";
import { smallTargets } from "../support/product/small-targets.ts";
import { rowOf } from "../support/product/upload-page.ts";
import { faintTexts, paleTexts, violations } from "../support/product/violations.ts";

const origin = inject("origin");
const QUERY = "harbour";
const HEIGHT = 900;
const TIMEOUT_MS = 60_000;
/** A tablet, and a laptop of 1280 by 1024 pixels whose page is magnified four times. */
const OTHER_WINDOWS = [
  { width: 820, height: 1180 },
  { width: 320, height: 256 },
];
/** The pages that are also audited in the other theme, and on a tablet. */
const MAIN_PAGES = ["home", "search", "watch", "creator", "library"];
/** The pages that are also audited for viewers who prefer more contrast. */
const CONTRAST_PAGES = ["home", "search", "watch", "settings"];

let browser: Browser;
let folder: string;
let video: PublishedVideo;
let playlist: string;
let series: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-pages-"));
  video = await publishVideo(origin, folder, "Harbour light", "public", LONG_WORD);
  const api = new ApiClient(origin);
  await api.signIn(video.account);
  ({ playlist, series } = await writeLongWords(api, video.id));
  await makeAdmin(video.account.email);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(WIDTHS)("at %d pixels", (width) => {
  /** The narrow screen is a touch screen and dark. */
  const isTouched = width < 500;
  let page: Page;
  let errors: () => string[];
  let answered: () => Promise<void>;

  beforeAll(async () => {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height: HEIGHT },
      reducedMotion: "reduce",
      colorScheme: isTouched ? "dark" : "light",
      hasTouch: isTouched,
      isMobile: isTouched,
    });
    page = await context.newPage();
    errors = collectErrors(page);
    await startSession(page, video.account);
    await observeShifts(page);
    await feedWithHero(page);
    answered = followReads(page);
  });

  async function open(path: string): Promise<void> {
    await page.goto(path);
    await settled(page);
  }

  /** What must hold for every state of every page. */
  async function expectSound(judge = violations): Promise<void> {
    expect(errors()).toEqual([]);
    expect(await judge(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    if (isTouched) expect(await smallTargets(page)).toEqual([]);
  }

  /** Nor has the open page violations in the other theme, or on a tablet in both. */
  async function expectSoundInOtherTheme(): Promise<void> {
    const [own, other] = isTouched ? (["dark", "light"] as const) : (["light", "dark"] as const);
    await page.emulateMedia({ colorScheme: other });
    await expectSound(paleTexts);
    if (!isTouched) {
      await page.setViewportSize(OTHER_WINDOWS[0]!);
      await expectSound();
    }
    await page.emulateMedia({ colorScheme: own });
    if (isTouched) return;
    await expectSound(paleTexts);
    await page.setViewportSize({ width, height: HEIGHT });
  }

  /** Viewers who prefer more contrast get a ratio of 7:1 on the open page. */
  async function expectHighContrast(): Promise<void> {
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme, contrast: "more" });
      expect([colorScheme, ...(await faintTexts(page))]).toEqual([colorScheme]);
    }
    await page.emulateMedia({ contrast: null });
  }

  test.each([
    ...sitePages({ id: "VIDEO", creatorId: "CREATOR" }, QUERY),
    ...otherPages({ playlist: "PLAYLIST", series: "SERIES" }),
  ])(
    "$name has no errors, accessibility violations, overflow or layout shifts",
    async ({ name, path }) => {
      const ids = { VIDEO: video.id, CREATOR: video.creatorId, PLAYLIST: playlist, SERIES: series };
      const answerAtOnce = await answerLate(page);
      await open(
        Object.entries(ids).reduce((filled, [name, id]) => filled.replace(name, id), path),
      );
      const { cls, moved } = await layoutShiftOf(page);
      expect([cls < MAX_LAYOUT_SHIFT, cls, moved]).toEqual([true, cls, moved]);
      await answered();
      await answerAtOnce();
      await settled(page);
      await expectSound();
      expect(await movingParts(page)).toEqual([]);
      if (MAIN_PAGES.includes(name)) await expectSoundInOtherTheme();
      if (isTouched) return;
      if (CONTRAST_PAGES.includes(name)) await expectHighContrast();
      expect(await controlsWithoutFocusRing(page)).toEqual([]);
      expect(await unmarkedStates(page)).toEqual([]);
      for (const window of OTHER_WINDOWS) {
        await page.setViewportSize(window);
        // Large titles are fitted a moment later.
        await vi.waitFor(
          async () => expect([window.width, await isTooWide(page)]).toEqual([window.width, false]),
          TIMEOUT_MS,
        );
      }
      await page.setViewportSize({ width, height: HEIGHT });
    },
  );

  /** Opens something, audits it and closes it again. */
  async function expectSoundDialog(button: Locator): Promise<void> {
    await button.click();
    await page.getByRole("dialog").waitFor();
    await expectSound();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }

  test("menus and suggestions have no errors or accessibility violations", async () => {
    await open("/");
    await page.getByRole("button", { name: /^Account menu/ }).click();
    await page.getByRole("link", { name: "Settings" }).waitFor();
    await expectSound();
    await page.getByRole("button", { name: "Notifications" }).click();
    await page.locator("#notifications").waitFor();
    await expectSound();
    await open("/search");
    await page.getByRole("combobox", { name: "Search videos" }).fill("har");
    await page.getByRole("option").first().waitFor();
    await expectSound();
  });

  test("dialogs and forms have no errors or accessibility violations", async () => {
    await open(`/watch/${video.id}`);
    for (const name of ["Share", "Playlist", "Report"])
      await expectSoundDialog(page.getByRole("button", { name, exact: true }));
    await page.locator("media-controller[playerstarted]").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await expectSound();

    await open("/studio");
    await expectSoundDialog(page.getByRole("button", { name: "Delete Harbour light" }).first());
    await open("/settings");
    await expectSoundDialog(page.getByRole("button", { name: "Delete account" }));
    await open("/settings/profiles");
    await page.getByRole("button", { name: "Add a profile" }).click();
    await page.getByLabel("Whale").waitFor();
    await expectSound();
  });

  test("error states and an upload waiting for the network have no accessibility violations", async () => {
    await open("/sign-in");
    await page.getByLabel("Email").fill("nobody@example.com");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await expectSound();

    const refuse = (route: Route) => route.abort();
    await page.route("**/v1/feed", refuse);
    await page.goto("/");
    await page.getByRole("alert").waitFor();
    await expectSound();
    await page.unroute("**/v1/feed", refuse);

    await page.route("**/v1/uploads", refuse);
    await open("/upload");
    // A file that the account has no video of.
    const file = "lamp.mp4";
    const source = await readFile(join(folder, "harbour-light.mp4"));
    await writeFile(join(folder, file), Buffer.concat([source, Buffer.alloc(1000)]));
    await page.locator("input[type=file]").first().setInputFiles(join(folder, file));
    await page.getByRole("form", { name: `Details of ${file}` }).waitFor();
    await expectSound();
    await page.getByRole("button", { name: `Remove ${file}` }).click();
    await rowOf(file, page).waitFor({ state: "detached" });
    await page.unroute("**/v1/uploads", refuse);
  });

  test("a language chosen in the footer is kept for later visits", async () => {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height: HEIGHT },
    });
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

/** The pages that every visitor sees, with a word of each in the language. */
const LANGUAGES = [
  ["de", "ltr", "Suche", "Kinomodus", "Passwort"],
  ["ar", "rtl", "بحث", "وضع السينما", "كلمة المرور"],
] as const;

test.each(LANGUAGES)(
  "a browser in %s gets home, search, watch and sign-in in its language, written %s, at each width",
  async (locale, dir, search, theatre, password) => {
    const context = await browser.newContext({ baseURL: origin, locale, reducedMotion: "reduce" });
    const foreign = await context.newPage();
    async function look(path: string, ...more: ((width: number) => Promise<unknown>)[]) {
      await foreign.setViewportSize({ width: WIDTHS[0]!, height: HEIGHT });
      await foreign.goto(path);
      for (const width of WIDTHS) {
        await foreign.setViewportSize({ width, height: HEIGHT });
        await settled(foreign);
        expect(await violations(foreign)).toEqual([]);
        expect(await isTooWide(foreign)).toBe(false);
        for (const expectMore of more) await expectMore(width);
      }
      const root = await foreign.evaluate(() => {
        const { lang } = document.documentElement;
        return { lang, dir: getComputedStyle(document.body).direction };
      });
      expect(root).toEqual({ lang: locale, dir });
    }
    await look("/");
    await look(`/search?q=${QUERY}`, () =>
      foreign.getByRole("heading", { name: search, exact: true }).waitFor(),
    );
    await look(`/watch/${video.id}`, (width) =>
      foreign
        .locator(`.player-theatre[aria-label="${theatre}"]`)
        .waitFor({ state: width > 900 ? "visible" : "attached" }),
    );
    const player = foreign.locator("media-controller");
    expect(await player.evaluate((element) => getComputedStyle(element).direction)).toBe("ltr");
    await look("/sign-in", () => foreign.getByLabel(password).first().waitFor());
    await context.close();
  },
);
