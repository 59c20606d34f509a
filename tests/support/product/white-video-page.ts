import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, FrameLocator, Locator, Page } from "playwright-core";
import { afterEach, beforeAll, expect, inject, vi } from "vitest";
import { closeKeptPages, openKeptPage } from "./kept-cache.ts";
import { publishWhiteVideo } from "./white-video.ts";

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Long enough for the player on two busy cores. */
export const TIMEOUT_MS = 120_000;

interface OpenOptions {
  /** Options of the page's context. */
  context?: BrowserContextOptions;
  path?: "watch" | "embed";
  /** The part of the address after the path. */
  query?: string;
  /** Position in seconds at which it is paused. */
  at?: number;
}

/** A condition for a time in seconds: that it is about this one. */
export const near = (seconds: number) => (time: number) => Math.abs(time - seconds) < 0.5;

/** The box in which an element is shown. @throws Error if it is not shown */
export async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error("The element is not shown.");
  return box;
}

/** Moves a finger over the page, from the first point to the last, and lifts it unless told otherwise. */
export async function swipe(
  page: Page,
  points: readonly { x: number; y: number }[],
  lifts = true,
): Promise<void> {
  const client = await page.context().newCDPSession(page);
  for (const [index, point] of points.entries())
    await client.send("Input.dispatchTouchEvent", {
      type: index === 0 ? "touchStart" : "touchMove",
      touchPoints: [point],
    });
  if (lifts) await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/** Publishes the white video for the tests of a file. Each test opens its own page, which is closed afterwards. */
export function setUpWhiteVideo() {
  const origin = inject("origin");
  let videoId = "";
  let page: Page | undefined;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinora-white-"));
    videoId = await publishWhiteVideo(origin, folder);
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await closeKeptPages();
    page = undefined;
  });

  /** @param from another browser, which the test closes */
  async function newPage(options: BrowserContextOptions = DESKTOP, from?: Browser): Promise<Page> {
    const all = { baseURL: origin, ...options };
    page = await (from?.newPage(all) ?? openKeptPage(all));
    page.setDefaultTimeout(TIMEOUT_MS);
    return page;
  }
  function current(): Page {
    if (!page) throw new Error("The test has opened no page.");
    return page;
  }
  /** A property of the media element, on the page or in one of its frames. */
  const media = <Name extends keyof HTMLVideoElement>(
    name: Name,
    where: Page | FrameLocator = current(),
  ) => where.locator("video").evaluate((video: HTMLVideoElement, key) => video[key as Name], name);
  const untilMedia = <Name extends keyof HTMLVideoElement>(
    name: Name,
    condition: (value: HTMLVideoElement[Name]) => boolean,
    where: Page | FrameLocator = current(),
  ) => vi.waitFor(async () => expect(await media(name, where)).toSatisfy(condition), TIMEOUT_MS);
  const untilTime = (condition: (time: number) => boolean, where?: Page | FrameLocator) =>
    untilMedia("currentTime", condition, where);
  const untilPaused = (paused: boolean, where?: Page | FrameLocator) =>
    untilMedia("paused", (isPaused) => isPaused === paused, where);

  /** Opens the video on a separate page and pauses it once it plays, so that the controls stay visible. */
  async function openPaused(options: OpenOptions = {}): Promise<Page> {
    const { context = DESKTOP, path = "watch", query = "?autoplay=1", at = 0 } = options;
    const opened = await newPage(context);
    await opened.goto(`/${path}/${videoId}${query}`);
    await untilTime((time) => time > 0.2);
    // The controls appear after the first frame.
    await opened.locator("[playerstarted] .player-bar:not(.player-pending)").waitFor();
    await opened.locator("video").evaluate((video: HTMLVideoElement, start) => {
      video.pause();
      video.currentTime = start;
    }, at);
    await untilTime((time) => Math.abs(time - at) < 0.1);
    return opened;
  }

  return {
    origin,
    /** Id of the video; known once the tests run. */
    id: () => videoId,
    newPage,
    openPaused,
    media,
    untilTime,
    untilMedia,
    untilPaused,
  };
}
