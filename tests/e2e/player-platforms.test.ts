import type { Page, Request } from "playwright-core";
import { expect, test, vi } from "vitest";
import type { Playback } from "../../workers/contract/playback.ts";
import { near, PHONE, setUpWhiteVideo, TIMEOUT_MS } from "../support/product/white-video-page.ts";

const { id, newPage, media, untilTime } = setUpWhiteVideo();

/** Takes Media Source Extensions from the page, and native HLS unless the browser's own is wanted. */
async function withoutMediaSource(page: Page, hasNativeHls: boolean): Promise<void> {
  await page.addInitScript((keepsHls) => {
    Object.assign(window, { MediaSource: undefined, ManagedMediaSource: undefined });
    if (!keepsHls) HTMLMediaElement.prototype.canPlayType = () => "";
  }, hasNativeHls);
}

/** Whether the page has asked for hls.js so far. */
function watchForHls(page: Page): () => boolean {
  let isLoaded = false;
  page.on("request", (request: Request) => (isLoaded ||= request.url().includes("/hls-source-")));
  return () => isLoaded;
}

test("a browser with native HLS has the same menus and does not load hls.js", async () => {
  const page = await newPage();
  const hasLoadedHls = watchForHls(page);
  await withoutMediaSource(page, true);
  // What the browser offers for streams with native playback.
  await page.addInitScript(() => {
    const remote = Object.assign(new EventTarget(), {
      state: "disconnected",
      watchAvailability: (callback: (isAvailable: boolean) => void) => {
        setTimeout(callback, 0, true);
        return Promise.resolve(1);
      },
      cancelWatchAvailability: () => Promise.resolve(),
      prompt: () => {
        Object.assign(window, { hasAskedForDevice: true });
        return Promise.resolve();
      },
    });
    Object.assign(window, { chrome: {} });
    Object.defineProperty(HTMLMediaElement.prototype, "remote", { value: remote });
  });
  await page.goto(`/watch/${id()}?t=7`);
  await untilTime((time) => time > 7.5);
  expect(await media("currentSrc")).toMatch(/\.m3u8$/);
  await page.locator("media-settings-menu-button").click();
  const items = page.locator("media-settings-menu > [role^=menuitem]:visible");
  await vi.waitFor(
    async () =>
      expect((await items.allInnerTexts()).map((text) => text.split("\n")[0]?.trim())).toEqual([
        "Speed",
        "Chapters",
        "Caption size",
        "Caption colour",
        "Caption background",
        "Loop",
        "Stats for nerds",
      ]),
    TIMEOUT_MS,
  );
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-captions-menu-button").waitFor();
  await page.locator("media-cast-button").click();
  await page.waitForFunction(() => "hasAskedForDevice" in window);
  await page.keyboard.press("j");
  await untilTime((time) => time < 7);
  expect(hasLoadedHls()).toBe(false);
});

test("a browser that cannot play the video shows a message and does not load hls.js", async () => {
  const page = await newPage();
  const hasLoadedHls = watchForHls(page);
  await withoutMediaSource(page, false);
  await page.goto(`/watch/${id()}`);
  await page.getByRole("alert").getByText("Your browser cannot play this video.").waitFor();
  expect(hasLoadedHls()).toBe(false);
});

test("a phone rotates to the orientation of the video in full screen", async () => {
  const page = await newPage(PHONE);
  // Desktop browsers refuse to rotate.
  await page.addInitScript(() => {
    const turns: string[] = [];
    Object.assign(window, { turns });
    Object.assign(ScreenOrientation.prototype, {
      lock: async (shape: string) => void turns.push(shape),
      unlock: () => turns.push("free"),
    });
  });
  const turns = () => page.evaluate(() => (window as unknown as { turns: string[] }).turns);
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  await page.locator("media-controller[playerstarted]").waitFor();
  await page.keyboard.press("f");
  await expect.poll(turns, { timeout: TIMEOUT_MS }).toEqual(["landscape"]);
  await page.keyboard.press("f");
  await expect.poll(turns, { timeout: TIMEOUT_MS }).toEqual(["landscape", "free"]);
});

test("Safari can send the video to an AirPlay device", async () => {
  const page = await newPage();
  // Like Safari: its media source is managed and allows AirPlay only with an additional address that a device can load.
  await page.addInitScript(() => {
    Object.assign(window, {
      ManagedMediaSource: MediaSource,
      WebKitPlaybackTargetAvailabilityEvent: Event,
    });
    Object.assign(HTMLMediaElement.prototype, {
      webkitShowPlaybackTargetPicker: () => Object.assign(window, { hasAskedForDevice: true }),
    });
  });
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.5);
  const stream = page.locator('video source[type="application/vnd.apple.mpegurl"]');
  const url = await stream.evaluate((source: HTMLSourceElement) => source.src);
  expect(await (await page.request.get(url)).text()).toContain("#EXT-X-STREAM-INF");
  expect(await media("disableRemotePlayback")).toBe(false);
  await page.locator("media-controller").hover();
  await page.locator("media-airplay-button:defined").waitFor({ state: "attached" });
  await page.locator("video").evaluate((video) => {
    const event = new Event("webkitplaybacktargetavailabilitychanged");
    video.dispatchEvent(Object.assign(event, { availability: "available" }));
  });
  await page.locator("media-airplay-button").click();
  await page.waitForFunction(() => "hasAskedForDevice" in window);
  // It still plays locally, from the first of its sources.
  expect(await media("currentSrc")).toMatch(/^blob:/);
  await page.keyboard.press("3");
  await untilTime((time) => near(7.2)(time) || time > 7.2);
});

test("the DRM code loads only with a video that needs licences", async () => {
  const page = await newPage();
  const requested: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  const hasLoadedIt = () => requested.some((url) => url.includes("/drm-code-"));
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  expect(hasLoadedIt()).toBe(false);
  await page.route(`**/v1/videos/${id()}/watch`, async (route) => {
    const response = await route.fetch();
    const watch = (await response.json()) as { playback: Playback };
    watch.playback.licenses = { "com.widevine.alpha": "https://license.example/" };
    await route.fulfill({ response, json: watch });
  });
  await page.reload();
  await untilTime((time) => time > 0.2);
  expect(hasLoadedIt()).toBe(true);
});
