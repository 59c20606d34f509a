import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import type { Video } from "../../workers/contract/videos.ts";
import { pixelsOf, pixelsOfColour } from "../support/product/pixels.ts";
import {
  boxOf,
  near,
  PHONE,
  swipe,
  TIMEOUT_MS,
  setUpWhiteVideo,
} from "../support/product/white-video-page.ts";
import { WHITE_VIDEO_CHAPTERS, WHITE_VIDEO_SECONDS } from "../support/product/white-video.ts";

const { id, newPage, openPaused, media, untilTime, untilPaused } = setUpWhiteVideo();

/** The id of no video and no playlist. */
const OTHER_ID = "1111111111111111111111";

const bottomOf = ({ y, height }: { y: number; height: number }) => y + height;

/** Chooses an item in the settings menu. */
async function choose(page: Page, menu: string, choice: string | RegExp): Promise<void> {
  await page.locator("media-settings-menu-button").click();
  await page.getByRole("menuitem", { name: menu }).click();
  const items = page.locator("media-settings-menu [slot=submenu]:not([hidden])");
  await items.getByRole("menuitemradio", { name: choice }).click();
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-settings-menu").waitFor({ state: "hidden" });
}

/** It takes two clicks: the settings button and the item. */
async function switchOn(page: Page, name: string): Promise<void> {
  await page.locator("media-settings-menu-button").click();
  const item = page.locator("media-settings-menu [role=menuitemcheckbox]", { hasText: name });
  expect(await item.getAttribute("aria-checked")).toBe("false");
  await item.click();
  await item.and(page.locator("[aria-checked=true]")).waitFor();
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-settings-menu").waitFor({ state: "hidden" });
}

test("chapters are shown on the timeline, in the menu, beside the time and in a list, and an intro can be skipped", async () => {
  const page = await openPaused();
  const cues = await page
    .locator("media-time-range")
    .evaluate((range) => (range as unknown as { mediaChaptersCues: object[] }).mediaChaptersCues);
  expect(cues).toMatchObject(
    WHITE_VIDEO_CHAPTERS.map(({ start, title }) => ({ startTime: start, text: title })),
  );
  const listed = page.getByRole("region", { name: "Chapters" }).locator("[aria-current]");
  await page.locator(".player-chapter", { hasText: "Intro" }).waitFor();
  await listed.filter({ hasText: "Intro" }).waitFor();
  await page.getByRole("button", { name: "Skip intro" }).click();
  await untilTime(near(6));
  await page.getByRole("button", { name: "Skip intro" }).waitFor({ state: "detached" });
  await choose(page, "Chapters", /Storm/);
  await untilTime(near(16));
  await page.locator(".player-chapter", { hasText: "Storm" }).waitFor();
  await listed.filter({ hasText: "Storm" }).waitFor();
});

test("a menu that is requested before its code has loaded opens once it has", async () => {
  const page = await openPaused();
  const arrival = Promise.withResolvers<void>();
  await page.route("**/assets/player-menus-*.js", async (route) => {
    await arrival.promise;
    await route.continue();
  });
  const requested = page.waitForRequest(/player-menus-/);
  await page.locator("media-settings-menu-button").click();
  await requested;
  arrival.resolve();
  await page.getByRole("menuitem", { name: "Speed" }).waitFor();
});

test("speed, captions and their style are remembered for the next video", async () => {
  const page = await openPaused({ at: 3 });
  // Wide enough that captions are above the shade of the controls.
  await page.keyboard.press("t");
  await choose(page, "Speed", "1.5x");
  await choose(page, "Caption size", "Very large");
  await choose(page, "Caption colour", "Yellow");
  await choose(page, "Caption background", "Black");
  await page.keyboard.press("c");
  await page.getByText("Captions on").waitFor();
  await page.reload();
  await untilTime((time) => time > 0.2);
  await page.locator("video").evaluate((video: HTMLVideoElement) => video.pause());
  expect(await media("playbackRate")).toBe(1.5);
  const player = await page.locator("media-controller").boundingBox();
  if (!player) throw new Error("no player");
  // In the centre, above the controls, there are only white frames and the caption.
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
  ["?t=12", 12],
  ["?t=12s", 12],
  ["?t=0m9s", 9],
  ["#t=14", 14],
])("a link with %s starts at its time", async (address, seconds) => {
  const page = await newPage();
  await page.goto(`/watch/${id()}${address}`);
  await untilTime((time) => time >= seconds && time < seconds + 5);
});

test("a long playlist shows the current video, and Shift+P opens the previous one", async () => {
  const page = await newPage();
  const video = (await (await page.request.get(`/v1/videos/${id()}`)).json()) as Video;
  const before = Array.from({ length: 12 }, (_, index) => String(index).padStart(22, "2"));
  const items = [...before, OTHER_ID, id()].map((videoId, index) => ({
    video: { ...video, id: videoId },
    season: null,
    episode: index + 1,
  }));
  const playlist = { id: OTHER_ID, title: "White nights", kind: "playlist", items };
  await page.route("**/v1/playlists/*", (route) => route.fulfill({ json: playlist }));
  await page.goto(`/watch/${id()}?list=${OTHER_ID}`);
  const list = page.getByRole("region", { name: "White nights" });
  const [row, rows] = [list.locator("[aria-current]"), list.getByRole("list")];
  await expect
    .poll(async () => bottomOf(await boxOf(row)) <= bottomOf(await boxOf(rows)), {
      timeout: TIMEOUT_MS,
    })
    .toBe(true);
  await untilTime((time) => time > 0.2);
  await page.keyboard.press("Shift+P");
  await page.waitForURL(`**/watch/${OTHER_ID}?list=${OTHER_ID}`);
});

test("every action shows visual feedback", async () => {
  const page = await openPaused();
  const { keyboard } = page;
  const message = page.locator(".player-message");
  for (const [key, text] of [
    ["k", "Play"],
    ["k", "Pause"],
    ["m", "Muted"],
    ["m", "Volume 100%"],
    [">", "Speed 1.25×"],
    [".", "Next frame"],
    ["l", "0:10"],
  ] as const) {
    await keyboard.press(key);
    await message.getByText(text, { exact: true }).waitFor();
  }
});

test("after the end a viewer can replay the video, and a looped video never ends", async () => {
  const page = await openPaused({ at: WHITE_VIDEO_SECONDS - 1 });
  await page.keyboard.press("k");
  await page.getByRole("button", { name: "Replay" }).click();
  await untilTime((time) => time > 0.2 && time < 10);
  await switchOn(page, "Loop");
  await page.locator("video").evaluate((video: HTMLVideoElement) => {
    video.currentTime = video.duration - 0.5;
  });
  await untilTime((time) => time < 10);
  expect(await page.locator(".player-end").count()).toBe(0);
});

test("a returning viewer resumes where they stopped and can start over", async () => {
  const page = await newPage();
  await page.addInitScript((videoId) => {
    localStorage.setItem("kinora.resume", JSON.stringify([{ id: videoId, at: 12 }]));
  }, id());
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time >= 12);
  await page.getByRole("button", { name: "Start over" }).click();
  await untilTime((time) => time < 8);
});

test("the system's media controls show the video and control it", async () => {
  const page = await newPage();
  await page.addInitScript(() => {
    const handlers: Record<string, MediaSessionActionHandler | null> = {};
    Object.assign(window, { handlers });
    navigator.mediaSession.setActionHandler = (action, handler) => {
      handlers[action] = handler;
    };
  });
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  const press = (action: MediaSessionAction, details: { seekTime?: number } = {}) =>
    page.evaluate(
      ([name, more]) => {
        const { handlers } = window as unknown as {
          handlers: Record<string, MediaSessionActionHandler | null>;
        };
        handlers[name]?.({ action: name, ...more });
      },
      [action, details] as const,
    );
  await press("pause");
  await untilPaused(true);
  await press("seekto", { seekTime: 12 });
  await untilTime(near(12));
  await press("seekbackward");
  await untilTime(near(2));
  await press("play");
  await untilPaused(false);
  const { title, artworks } = await page.evaluate(() => ({
    title: navigator.mediaSession.metadata?.title,
    artworks: navigator.mediaSession.metadata?.artwork.length,
  }));
  expect([title, artworks]).toEqual(["White harbour", 1]);
});

test("a phone's lock screen uses the same poster as the player and loads no larger one", async () => {
  const page = await newPage({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 });
  // The white video is too low for a poster in two sizes.
  await page.route("**/v1/videos/*/watch", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll("/poster.jpg", "/poster-large.jpg");
    await route.fulfill({ response, body });
  });
  await page.goto(`/watch/${id()}`);
  await page.waitForFunction(() => navigator.mediaSession.metadata !== null);
  const posters = await page.evaluate(() => [
    document.querySelector("video")?.poster,
    navigator.mediaSession.metadata?.artwork[0]?.src,
  ]);
  const small = expect.stringMatching(/\/poster-small\.jpg$/) as string;
  expect(posters).toEqual([small, small]);
});

test("stats for nerds show what is playing", async () => {
  const page = await openPaused();
  await switchOn(page, "Stats for nerds");
  const statistics = page.getByRole("region", { name: "Stats for nerds" });
  await statistics.getByText(/640 × 360, [\d.]+ Mbit\/s/).waitFor();
  await statistics.getByRole("button", { name: "Close stats" }).click();
  await statistics.waitFor({ state: "detached" });
});

test("a swipe scrubs through the video", async () => {
  const page = await openPaused({ context: PHONE });
  const box = await boxOf(page.locator("media-controller"));
  const y = box.y + box.height * 0.2;
  await swipe(
    page,
    [0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map((share) => ({ x: box.x + box.width * share, y })),
  );
  // Half of the width corresponds to half of this short video.
  await untilTime((time) => time > 9 && time < 15);
});
