import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Long enough for the player on two busy cores. */
const TIMEOUT_MS = 120_000;

/** Records media `error` events in every document that the page loads from now on. */
export async function recordMediaErrors(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const errors: string[] = [];
    Object.assign(window, { mediaErrors: errors });
    document.addEventListener(
      "error",
      (event) => {
        if (event.target instanceof HTMLMediaElement)
          errors.push(event.target.error?.message ?? "error");
      },
      true,
    );
  });
}

/**
 * Waits until the video on the page has played, and checks that nothing failed.
 * @param seconds of media time from the current position
 */
export async function expectPlaying(page: Page, seconds = 1): Promise<void> {
  const video = page.locator("video");
  await video.waitFor({ timeout: TIMEOUT_MS });
  const start = await video.evaluate((media: HTMLVideoElement) => ({
    time: media.currentTime,
    frames: media.getVideoPlaybackQuality().totalVideoFrames,
  }));
  await page.waitForFunction(
    ({ from, frames, wanted }) => {
      const media = document.querySelector("video");
      if (!media) return false;
      const moved = media.ended || media.currentTime >= from + wanted;
      return moved && media.getVideoPlaybackQuality().totalVideoFrames > frames;
    },
    { from: start.time, frames: start.frames, wanted: seconds },
    { timeout: TIMEOUT_MS },
  );
  await expectNoFailure(page);
}

async function expectNoFailure(page: Page): Promise<void> {
  expect(
    await page.evaluate(() => (window as unknown as { mediaErrors: string[] }).mediaErrors),
  ).toEqual([]);
  expect(await page.locator(".player-failure").count()).toBe(0);
}

/** Seeks, like a click on the timeline, and waits until the video plays from there. */
export async function seek(page: Page, second: number): Promise<void> {
  await page.locator("media-time-range").evaluate((range, at) => {
    range.dispatchEvent(
      new CustomEvent("mediaseekrequest", { bubbles: true, composed: true, detail: at }),
    );
  }, second);
  await page.waitForFunction(
    (at) => Math.abs((document.querySelector("video")?.currentTime ?? -1) - at) < 5,
    second,
    {
      timeout: TIMEOUT_MS,
    },
  );
  await expectPlaying(page);
}

/** Opens the quality menu. @returns its items except `Auto`, which are named by their heights: `720p` */
async function openQualities(page: Page): Promise<Locator> {
  await page.locator("media-settings-menu-button").click();
  await page.getByRole("menuitem", { name: "Quality" }).click();
  const items = page.locator("media-rendition-menu").getByRole("menuitemradio", { name: /^\d+p/ });
  await items.first().waitFor();
  return items;
}

/** Chooses the lowest or highest quality and waits for frames of that height. */
export async function chooseQuality(page: Page, which: "lowest" | "highest"): Promise<void> {
  const items = await openQualities(page);
  const heights = (await items.allTextContents()).map((text) => Number.parseInt(text, 10));
  const height = which === "lowest" ? Math.min(...heights) : Math.max(...heights);
  expect(heights.length).toBeGreaterThan(1);
  await items.filter({ hasText: `${height}p` }).click();
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-settings-menu").waitFor({ state: "hidden" });
  await page.waitForFunction(
    (wanted) => document.querySelector("video")?.videoHeight === wanted,
    height,
    { timeout: TIMEOUT_MS },
  );
  await expectPlaying(page);
}
