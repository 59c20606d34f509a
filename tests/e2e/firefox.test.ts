import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { findFirefox, launchFirefox } from "../../scripts/product/firefox.ts";
import { publishWhiteVideo } from "../support/product/white-video.ts";

const TIMEOUT_MS = 120_000;
const RADIO = "[role=menuitemradio]";
const origin = inject("origin");
const path = findFirefox();
if (!path)
  console.warn("SKIPPED: the player in Firefox: install firefox-esr, or set FIREFOX_PATH.");

describe.skipIf(!path)("the player in Firefox", () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const mediaFolders = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kinora-firefox-"));
    const id = await publishWhiteVideo(origin, folder);
    browser = await launchFirefox(path ?? "");
    page = await browser.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("request", (request) => {
      if (request.url().includes("/media/")) mediaFolders.add(new URL(".", request.url()).href);
    });
    await page.goto(`${origin}/watch/${id}`);
    await page.waitForSelector("video");
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const until = (check: () => Promise<void> | void) => vi.waitFor(check, TIMEOUT_MS);
  const media = () =>
    page.$eval("video", ({ currentTime, paused, error }) => ({
      time: currentTime,
      paused,
      failure: error?.message ?? null,
    }));
  const untilTime = (condition: (time: number) => boolean) =>
    until(async () => expect((await media()).time).toSatisfy(condition));
  const untilPaused = (paused: boolean) =>
    until(async () => expect((await media()).paused).toBe(paused));

  test("plays, and pauses and seeks with keys", async () => {
    await untilTime((time) => time > 0.5);
    await page.waitForSelector("media-controller[playerstarted]");
    await page.keyboard.press("k");
    await untilPaused(true);
    await page.keyboard.press("5");
    await untilTime((time) => Math.abs(time - 12) < 0.5);
    await page.keyboard.press("k");
    await untilTime((time) => time > 12.5);
    await page.keyboard.press("k");
    await untilPaused(true);
  });

  test("seeks by a click on the timeline", async () => {
    const line = await (await page.$("media-time-range"))?.boundingBox();
    if (!line) throw new Error("The timeline is not shown.");
    await page.mouse.click(line.x + line.width / 4, line.y + line.height / 2);
    await untilTime((time) => Math.abs(time - 6) < 1);
  });

  test("shows captions, and those of another language when chosen", async () => {
    const shown = () =>
      page.$eval("video", ({ textTracks }) =>
        Array.from(textTracks)
          .filter(({ kind, mode }) => kind !== "metadata" && mode === "showing")
          .map(({ language, activeCues }) => ({
            language,
            lines: Array.from(activeCues ?? [], (cue) => (cue as VTTCue).text).join(),
          })),
      );
    const untilShown = (language: string) =>
      until(async () =>
        expect(await shown()).toEqual([
          { language, lines: expect.stringMatching(/^Lantern \d+ is lit\.$/) },
        ]),
      );
    await page.keyboard.press("c");
    await untilShown("en");
    await page.click("media-captions-menu-button");
    const choices = `media-captions-menu >>> ${RADIO}`;
    await until(async () => expect((await page.$$(choices)).length).toBe(3));
    await (await page.$$(choices))[2]?.click();
    await untilShown("de");
  });

  test("lets keys open the menu and choose the second audio track", async () => {
    const before = mediaFolders.size;
    /** Moves down a menu to an item. */
    const moveTo = (selector: string) =>
      until(async () => {
        const isThere = () =>
          page.$eval(selector, (item) => item.matches(":focus")).catch(() => false);
        if (!(await isThere())) await page.keyboard.press("ArrowDown");
        expect(await isThere()).toBe(true);
      });
    await page.focus("media-settings-menu-button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("media-settings-menu-item:focus");
    await moveTo("media-settings-menu-item:has(media-audio-track-menu)");
    await page.keyboard.press("Enter");
    const choices = `media-audio-track-menu >>> ${RADIO}`;
    await until(async () => expect((await page.$$(choices)).length).toBe(2));
    await moveTo(`${choices}:nth-of-type(2)`);
    await page.keyboard.press("Enter");
    await until(async () =>
      expect(
        await page.$$eval(choices, (items) =>
          items.map((item) => item.getAttribute("aria-checked")),
        ),
      ).toEqual(["false", "true"]),
    );
    await until(() => expect(mediaFolders.size).toBeGreaterThan(before));
    expect((await media()).failure).toBe(null);
  });
});
