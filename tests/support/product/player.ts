import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Milliseconds for what the player does by itself on two noisy cores. */
const PATIENCE = 120_000;

/** Media `error` events of the page, in every frame that loads from now on. */
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
 * Waits until the film on the page has played on for some seconds with frames decoded, and nothing failed.
 * @param seconds of media time from where it is now
 */
export async function expectPlaying(page: Page, seconds = 1): Promise<void> {
  const video = page.locator("video");
  await video.waitFor({ timeout: PATIENCE });
  const before = await video.evaluate((media: HTMLVideoElement) => ({
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
    { from: before.time, frames: before.frames, wanted: seconds },
    { timeout: PATIENCE },
  );
  await expectNoFailure(page);
}

async function expectNoFailure(page: Page): Promise<void> {
  expect(
    await page.evaluate(() => (window as unknown as { mediaErrors: string[] }).mediaErrors),
  ).toEqual([]);
  expect(await page.locator(".player-failure").count()).toBe(0);
}

/** Moves the time line to a second, as a click on it does, and waits until it plays on from there. */
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
      timeout: PATIENCE,
    },
  );
  await expectPlaying(page);
}

/** Opens the quality menu. Its items, but for `Auto`, are called by their heights: `720p`. */
async function openQualities(page: Page): Promise<Locator> {
  await page.locator("media-settings-menu-button").click();
  await page.getByRole("menuitem", { name: "Quality" }).click();
  const items = page.locator("media-rendition-menu").getByRole("menuitemradio", { name: /^\d+p/ });
  await items.first().waitFor();
  return items;
}

/** Chooses the lowest or the highest quality; resolves when frames of its height are shown. */
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
    { timeout: PATIENCE },
  );
  await expectPlaying(page);
}
