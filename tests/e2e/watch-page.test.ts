import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { violations } from "../support/product/violations.ts";
import { publishWhiteVideo } from "../support/product/white-video.ts";

const origin = inject("origin");
const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const TIMEOUT_MS = 120_000;

let browser: Browser;
let folder: string;
let videoId = "";
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-watch-"));
  videoId = await publishWhiteVideo(origin, folder);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await page?.context().close();
});

const currentTime = () =>
  page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);
const untilTime = (condition: (time: number) => boolean) =>
  vi.waitFor(async () => expect(await currentTime()).toSatisfy(condition), TIMEOUT_MS);

/** Opens the video and pauses it. @param at seconds */
async function openPaused(options: BrowserContextOptions = DESKTOP, at = 3): Promise<void> {
  page = await (await browser.newContext({ baseURL: origin, ...options })).newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.goto(`/watch/${videoId}`);
  await untilTime((time) => time > 0.2);
  await page.locator("video").evaluate((video: HTMLVideoElement, start) => {
    video.pause();
    video.currentTime = start;
  }, at);
  await untilTime((time) => Math.abs(time - at) < 0.2);
}

test.each([
  ["a laptop", DESKTOP],
  ["a phone", PHONE],
])("on %s title and actions are in sight without scrolling", async (_name, options) => {
  await openPaused(options);
  for (const part of [
    page.getByRole("heading", { name: "White harbour" }),
    page.getByRole("button", { name: "Share" }),
  ]) {
    const box = await part.boundingBox();
    expect(box && box.y + box.height).toBeLessThan(options.viewport.height);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(
    options.viewport.width,
  );
});

test("a shared link starts at the viewer's time if they want", async () => {
  await openPaused(DESKTOP, 12);
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  const link = dialog.getByLabel("Link", { exact: true });
  expect(await link.inputValue()).toBe(`${origin}/watch/${videoId}`);
  await dialog.getByLabel("Start at 0:12").check();
  await vi.waitFor(
    async () => expect(await link.inputValue()).toBe(`${origin}/watch/${videoId}?t=12s`),
    TIMEOUT_MS,
  );
  expect(await violations(page)).toEqual([]);
});

test("times and addresses in the description can be clicked", async () => {
  await openPaused();
  await page.locator(".watch-description").getByRole("link", { name: "0:16" }).click();
  await untilTime((time) => time >= 16 && time < 22);
  const link = page.getByRole("link", { name: "https://harbour.example/lights" });
  expect(await link.getAttribute("href")).toBe("https://harbour.example/lights");
});

test("the chapter list plays chapters", async () => {
  await openPaused();
  await page.getByRole("region", { name: "Chapters" }).getByText("Harbour <lights>").click();
  await untilTime((time) => time >= 6 && time < 12);
});

test("the transcript has every language, can be searched, and plays from its lines", async () => {
  await openPaused();
  const transcript = page.getByRole("region", { name: "Transcript" });
  await transcript.locator("[aria-current]", { hasText: "The harbour is quiet." }).waitFor();
  const search = transcript.getByRole("searchbox");
  await search.fill("no such words");
  await transcript.getByText("No line has these words.").waitFor();
  await search.fill("QUIET");
  await transcript.getByRole("button", { name: "Play from 0:00" }).click();
  await untilTime((time) => time < 3);
  await transcript.getByRole("combobox").selectOption("de");
  await transcript.getByText("The harbour is quiet.").waitFor();
  // Reading it does not show captions.
  const modes = await page
    .locator("track[kind=captions]")
    .evaluateAll((tracks) => tracks.map((track) => (track as HTMLTrackElement).track.mode));
  expect(modes).not.toContain("showing");
  expect(await violations(page)).toEqual([]);
});

test("theatre mode widens the player and is remembered", async () => {
  await openPaused();
  const width = async () => (await page.locator("media-controller").boundingBox())?.width ?? 0;
  expect(await width()).toBeLessThan(1100);
  await page.keyboard.press("t");
  await vi.waitFor(async () => expect(await width()).toBeGreaterThan(1400), TIMEOUT_MS);
  await page.reload();
  await untilTime((time) => time > 0.2);
  expect(await width()).toBeGreaterThan(1400);
});

test("a playing video goes on in the corner while the viewer looks around", async () => {
  await openPaused();
  await page.keyboard.press("k");
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await page.waitForURL(`${origin}/`);
  const mini = page.locator(".watch-mini");
  await mini.waitFor();
  const left = await currentTime();
  await untilTime((time) => time > left);
  // The keys of other pages are theirs.
  await page.keyboard.press("k");
  expect(await page.locator("video").evaluate((video: HTMLVideoElement) => video.paused)).toBe(
    false,
  );
  await mini.getByRole("link", { name: "White harbour" }).click();
  await page.waitForURL(`**/watch/${videoId}`);
  await page.locator(".watch-main h1").waitFor();
  expect(await currentTime()).toBeGreaterThan(left);
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await mini.getByRole("button", { name: "Close the player" }).click();
  await mini.waitFor({ state: "detached" });
});

test("a paused video does not follow the viewer", async () => {
  await openPaused();
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await page.waitForURL(`${origin}/`);
  await page.locator("video").waitFor({ state: "detached" });
});
