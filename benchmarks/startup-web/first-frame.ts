import { setTimeout } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";

const TIMEOUT_MS = 60_000;

export interface NetworkLimits {
  /** Milliseconds added to each request. */
  latency: number;
  bitsPerSecond: number;
}

interface Marks {
  /** Epoch milliseconds of the click that opens the video. */
  clickedAt?: number;
  /** Epoch milliseconds at which the first frame of a video was presented. */
  firstFrameAt?: number;
}

/** Records clicks and the first frame. It runs in each page, before its scripts. */
function observe(): void {
  const marks: Marks = {};
  Object.assign(globalThis, { benchMarks: marks });
  const epoch = (time: number) => performance.timeOrigin + time;
  document.addEventListener(
    "click",
    ({ timeStamp }) => {
      marks.clickedAt = epoch(timeStamp);
      // Needed for peers, whose next page is another document.
      sessionStorage.setItem("bench.clickedAt", String(marks.clickedAt));
    },
    true,
  );
  // Media events do not bubble, but they are captured.
  document.addEventListener(
    "loadstart",
    ({ target }) => {
      if (!(target instanceof HTMLVideoElement)) return;
      target.requestVideoFrameCallback((now) => (marks.firstFrameAt ??= epoch(now)));
    },
    true,
  );
}

async function limitNetwork(page: Page, limits: NetworkLimits | null): Promise<void> {
  if (!limits) return;
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  const bytesPerSecond = limits.bitsPerSecond / 8;
  await client.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: limits.latency,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
}

/** A page with a limited network that records the measurements. */
export async function openObservedPage(
  context: BrowserContext,
  limits: NetworkLimits | null,
): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.addInitScript(observe);
  await limitNetwork(page, limits);
  return page;
}

/** @returns epoch milliseconds */
async function firstFrame(page: Page): Promise<number> {
  const handle = await page.waitForFunction(
    () => (globalThis as unknown as { benchMarks: Marks }).benchMarks.firstFrameAt,
  );
  return (await handle.jsonValue()) ?? Number.NaN;
}

/** Milliseconds from the navigation to the first frame. */
export async function timeDeepLink(page: Page, path: string): Promise<number> {
  await page.goto(path, { waitUntil: "commit" });
  const shown = await firstFrame(page);
  return shown - (await page.evaluate(() => performance.timeOrigin));
}

/** How long a page must request nothing before the click. Playwright's own "networkidle" takes half a second. */
const QUIET_MS = 200;

/** Waits until a page has loaded and stopped sending requests. */
async function untilQuiet(page: Page, load: () => Promise<unknown>): Promise<void> {
  let pending = 0;
  let changedAt = performance.now();
  const change = (step: number) => () => {
    pending += step;
    changedAt = performance.now();
  };
  const [onRequest, onEnd] = [change(1), change(-1)];
  page.on("request", onRequest).on("requestfinished", onEnd).on("requestfailed", onEnd);
  await load();
  while (pending > 0 || performance.now() - changedAt < QUIET_MS) await setTimeout(20);
  page.off("request", onRequest).off("requestfinished", onEnd).off("requestfailed", onEnd);
}

/**
 * Milliseconds from the click on a link to the first frame.
 * @param from the page with the link, which is its only one
 */
export async function timeFirstClick(page: Page, from: string, link: string): Promise<number> {
  await untilQuiet(page, () => page.goto(from, { waitUntil: "load" }));
  await page.locator(link).first().click({ noWaitAfter: true });
  const shown = await firstFrame(page);
  const clicked = await page.evaluate(() => Number(sessionStorage.getItem("bench.clickedAt")));
  return shown - clicked;
}
