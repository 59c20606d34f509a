import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { pixelsOf, pixelsOfColour } from "../support/product/pixels.ts";
import {
  publishWhiteVideo,
  WHITE_VIDEO_CHAPTERS,
  WHITE_VIDEO_SECONDS,
} from "../support/product/white-video.ts";

const origin = inject("origin");
const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const TIMEOUT_MS = 120_000;

let browser: Browser;
let folder: string;
let videoId = "";
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-features-"));
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

async function newPage(options: BrowserContextOptions = DESKTOP): Promise<Page> {
  page = await (await browser.newContext({ baseURL: origin, ...options })).newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  return page;
}
/** A property of the media element. */
const media = <Name extends keyof HTMLVideoElement>(name: Name) =>
  page.locator("video").evaluate((video: HTMLVideoElement, key) => video[key as Name], name);
const untilTime = (condition: (time: number) => boolean) =>
  vi.waitFor(async () => expect(await media("currentTime")).toSatisfy(condition), TIMEOUT_MS);
const near = (seconds: number) => (time: number) => Math.abs(time - seconds) < 0.5;

/** Opens the video and pauses it. @param address after the path @param at seconds, if the address has no time */
async function openPaused(address = "", options = DESKTOP, at = 0): Promise<void> {
  await newPage(options);
  await page.goto(`/watch/${videoId}${address}`);
  await untilTime((time) => time > 0.2);
  await page.locator("video").evaluate((video: HTMLVideoElement, start) => {
    video.pause();
    video.currentTime = start;
  }, at);
  await untilTime(near(at));
}
/** Chooses in the gear's menu. */
async function choose(menu: string, choice: string | RegExp): Promise<void> {
  await page.locator("media-settings-menu-button").click();
  await page.getByRole("menuitem", { name: menu }).click();
  const items = page.locator("media-settings-menu [slot=submenu]:not([hidden])");
  await items.getByRole("menuitemradio", { name: choice }).click();
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-settings-menu").waitFor({ state: "hidden" });
}

test("chapters are on the timeline, in the menu and beside the time, and an intro can be skipped", async () => {
  await openPaused();
  const cues = await page
    .locator("media-time-range")
    .evaluate((range) => (range as unknown as { mediaChaptersCues: object[] }).mediaChaptersCues);
  expect(cues).toMatchObject(
    WHITE_VIDEO_CHAPTERS.map(({ start, title }) => ({ startTime: start, text: title })),
  );
  await page.locator(".player-chapter", { hasText: "Intro" }).waitFor();
  await page.getByRole("button", { name: "Skip intro" }).click();
  await untilTime(near(6));
  await page.getByRole("button", { name: "Skip intro" }).waitFor({ state: "detached" });
  await choose("Chapters", /Storm/);
  await untilTime(near(16));
  await page.locator(".player-chapter", { hasText: "Storm" }).waitFor();
});

test("speed, captions and their style are remembered for the next video", async () => {
  await openPaused("", DESKTOP, 3);
  // Wide enough that captions are above the shade of the controls.
  await page.keyboard.press("t");
  await choose("Speed", "1.5x");
  await choose("Caption size", "Very large");
  await choose("Caption colour", "Yellow");
  await choose("Caption background", "Black");
  await page.keyboard.press("c");
  await page.getByText("Captions on").waitFor();
  await page.reload();
  await untilTime((time) => time > 0.2);
  await page.locator("video").evaluate((video: HTMLVideoElement) => video.pause());
  expect(await media("playbackRate")).toBe(1.5);
  const player = await page.locator("media-controller").boundingBox();
  if (!player) throw new Error("no player");
  // In the middle, above the controls, there are only white frames and the caption.
  const frames = {
    x: player.x + player.width / 2 - 100,
    y: player.y + player.height * 0.5,
    width: 200,
    height: player.height * 0.35,
  };
  await vi.waitFor(async () => {
    const pixels = await pixelsOf(page, frames);
    expect(pixelsOfColour(pixels, [255, 233, 92])).toBeGreaterThan(500);
    expect(pixelsOfColour(pixels, [0, 0, 0])).toBeGreaterThan(500);
  }, TIMEOUT_MS);
});

test.each([
  ["?t=12s", 12],
  ["?t=0m9s", 9],
  ["#t=14", 14],
])("a link with %s starts at its time", async (address, seconds) => {
  await newPage();
  await page.goto(`/watch/${videoId}${address}`);
  await untilTime((time) => time >= seconds && time < seconds + 5);
});

test("every action tells what it did", async () => {
  await openPaused();
  const { keyboard } = page;
  const message = page.locator(".player-message");
  for (const [key, text] of [
    ["k", "Play"],
    ["k", "Pause"],
    ["m", "Muted"],
    ["m", "Volume 100 %"],
    [">", "Speed 1.25×"],
    [".", "Next frame"],
    ["l", "0:10"],
  ] as const) {
    await keyboard.press(key);
    await message.getByText(text, { exact: true }).waitFor();
  }
});

test("after the end a viewer can replay, and a loop has no end", async () => {
  await openPaused("", DESKTOP, WHITE_VIDEO_SECONDS - 1);
  await page.keyboard.press("k");
  await page.getByRole("button", { name: "Replay" }).click();
  await untilTime((time) => time > 0.2 && time < 10);
  await choose("Loop", "On");
  await page.locator("video").evaluate((video: HTMLVideoElement) => {
    video.currentTime = video.duration - 0.5;
  });
  await untilTime((time) => time < 10);
  expect(await page.locator(".player-end").count()).toBe(0);
});

test("a viewer who comes back is taken up where they stopped, and can start over", async () => {
  await newPage();
  await page.addInitScript((id) => {
    localStorage.setItem("kinora.resume", JSON.stringify([{ id, at: 12 }]));
  }, videoId);
  await page.goto(`/watch/${videoId}`);
  await untilTime((time) => time >= 12);
  await page.getByRole("button", { name: "Start over" }).click();
  await untilTime((time) => time < 8);
});

test("the system's media controls show the video and obey", async () => {
  await openPaused();
  const title = await page.evaluate(() => navigator.mediaSession.metadata?.title);
  expect(title).toBe("White harbour");
  expect(await page.evaluate(() => navigator.mediaSession.metadata?.artwork.length)).toBe(1);
});

test("stats for nerds tell what plays", async () => {
  await openPaused();
  await choose("Stats for nerds", "On");
  const statistics = page.getByRole("region", { name: "Stats for nerds" });
  await statistics.getByText(/640 × 360, [\d.]+ Mbit\/s/).waitFor();
  await statistics.getByRole("button", { name: "Close stats" }).click();
  await statistics.waitFor({ state: "detached" });
});

test("a finger scrubs through the video with a swipe", async () => {
  await openPaused("", PHONE);
  const box = await page.locator("media-controller").boundingBox();
  if (!box) throw new Error("no player");
  const y = box.y + box.height * 0.2;
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", share: number) =>
    client.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x: box.x + box.width * share, y }],
    });
  await touch("touchStart", 0.2);
  for (const share of [0.3, 0.4, 0.5, 0.6, 0.7]) await touch("touchMove", share);
  await touch("touchEnd", 0.7);
  // Half of the width is half of this short video.
  await untilTime((time) => time > 9 && time < 15);
});

test("a browser that can play nothing is told so, and loads no hls.js", async () => {
  await newPage();
  await page.addInitScript(() => {
    Object.assign(window, { MediaSource: undefined, ManagedMediaSource: undefined });
    HTMLMediaElement.prototype.canPlayType = () => "";
  });
  let hasLoadedHls = false;
  page.on("request", (request) => (hasLoadedHls ||= request.url().includes("/hls-source-")));
  await page.goto(`/watch/${videoId}`);
  await page.getByRole("alert").getByText("Your browser cannot play this video.").waitFor();
  expect(hasLoadedHls).toBe(false);
});
