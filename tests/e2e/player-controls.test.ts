import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import {
  boxOf,
  DESKTOP,
  near,
  PHONE,
  setUpWhiteVideo,
  swipe,
  TIMEOUT_MS,
} from "../support/product/white-video-page.ts";
import { WHITE_VIDEO_SECONDS } from "../support/product/white-video.ts";

const { id, newPage, openPaused, media, untilTime, untilMedia, untilPaused } = setUpWhiteVideo();

/** Whether something in the player is in the browser's own full screen. */
const inFullScreen = (page: Page, selector: string) => page.locator(`:fullscreen ${selector}`);

test("the quality menu shows which rendition the automatic mode plays", async () => {
  const page = await openPaused();
  await page.locator("media-settings-menu-button").click();
  await page.getByRole("menuitem", { name: "Quality" }).click();
  const qualities = page.locator("media-rendition-menu").getByRole("menuitemradio");
  await vi.waitFor(async () => {
    const height = await media("videoHeight");
    const chosen = await qualities.and(page.locator("[aria-checked=true]")).allTextContents();
    expect(chosen.map((text) => text.trim())).toEqual([`Auto (${height}p)`]);
  }, TIMEOUT_MS);
});

test.each([
  ["a mouse that hovers", DESKTOP],
  ["a finger that drags", PHONE],
])(
  "%s over the timeline shows image, chapter and time of that position",
  async (_name, context) => {
    const page = await openPaused({ context });
    const range = await boxOf(page.locator("media-time-range"));
    const place = (share: number) => ({
      x: range.x + range.width * share,
      y: range.y + range.height / 2,
    });
    if (context === PHONE) await swipe(page, [place(0.3), place(0.6), place(0.75)], false);
    else await page.mouse.move(place(0.75).x, place(0.75).y, { steps: 3 });
    const picture = page.locator("media-preview-thumbnail[slot]");
    await picture.waitFor();
    await vi.waitFor(
      async () =>
        expect(
          await picture.evaluate(
            (element) => element.shadowRoot?.querySelector("img")?.naturalWidth ?? 0,
          ),
        ).toBeGreaterThan(0),
      TIMEOUT_MS,
    );
    await page.locator("media-preview-chapter-display[slot]", { hasText: "Storm" }).waitFor();
    await page.locator("media-preview-time-display[slot]", { hasText: /^\s*0:1[78]/ }).waitFor();
    const [player, box] = [await boxOf(page.locator("media-controller")), await boxOf(picture)];
    expect(box.x).toBeGreaterThanOrEqual(player.x);
    expect(box.x + box.width).toBeLessThanOrEqual(player.x + player.width);
    expect(box.y).toBeGreaterThanOrEqual(player.y);
  },
);

test("the keys work as on YouTube", async () => {
  const page = await openPaused({ at: 12 });
  const { keyboard } = page;
  const pressUntil = async (key: string, condition: (time: number) => boolean) => {
    await keyboard.press(key);
    await untilTime(condition);
  };
  await pressUntil("j", near(2));
  await pressUntil("l", near(12));
  await pressUntil("ArrowLeft", near(7));
  await pressUntil("ArrowRight", near(12));
  await pressUntil("5", near(12));
  await pressUntil("0", (time) => time < 0.1);
  await pressUntil(".", (time) => time > 0.01 && time < 0.1);
  await pressUntil(",", (time) => time < 0.01);
  await keyboard.press(">");
  await untilMedia("playbackRate", (rate) => rate === 1.25);
  await keyboard.press("<");
  await untilMedia("playbackRate", (rate) => rate === 1);
  await keyboard.press("+");
  await page.locator("media-controller.captions-large").waitFor();
  await keyboard.press("-");
  await page.locator("media-controller.captions-medium").waitFor();
  await keyboard.press("w");
  await page.locator("media-controller.captions-on-black").waitFor();
  await keyboard.press("2");
  await untilTime(near(4.8));
  await pressUntil("Control+ArrowRight", near(6));
  await page.locator(".player-chapter", { hasText: "Harbour <lights>" }).waitFor();
  await pressUntil("Control+ArrowRight", near(16));
  // If a chapter has just begun, back leads to the one before it.
  await pressUntil("Control+ArrowLeft", near(6));
  await pressUntil("Control+ArrowLeft", (time) => time < 0.1);
  await keyboard.press("k");
  await untilPaused(false);
  await keyboard.press(" ");
  await untilPaused(true);

  // Elsewhere these keys scroll the page.
  await keyboard.press("ArrowDown");
  expect(await media("volume")).toBe(1);
  await page.locator("media-controller").focus();
  await keyboard.press("ArrowDown");
  await untilMedia("volume", (volume) => Math.abs(volume - 0.95) < 0.001);
  await keyboard.press("ArrowUp");
  await untilMedia("volume", (volume) => volume === 1);
  await pressUntil("End", near(WHITE_VIDEO_SECONDS));
  // A seek from the end plays.
  await pressUntil("Home", (time) => time < WHITE_VIDEO_SECONDS / 2);
});

test("the I key opens and closes picture-in-picture", async () => {
  const page = await openPaused({ at: 3 });
  await page.keyboard.press("i");
  await page.waitForFunction(() => document.pictureInPictureElement?.localName === "video");
  await page.keyboard.press("i");
  await page.waitForFunction(() => document.pictureInPictureElement === null);
});

test("full screen rotates a phone, shows feedback for double taps, and ends with a swipe down", async () => {
  const page = await newPage(PHONE);
  await page.addInitScript(() => {
    const shapes: string[] = [];
    Object.assign(window, { shapes });
    Object.assign(ScreenOrientation.prototype, {
      lock: (shape: string) => Promise.resolve(void shapes.push(shape)),
      unlock: () => void shapes.push("unlocked"),
    });
  });
  const shapes = () => page.evaluate(() => (window as unknown as { shapes: string[] }).shapes);
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  await page.locator("media-fullscreen-button").tap();
  await inFullScreen(page, "video").waitFor();
  await vi.waitFor(async () => expect(await shapes()).toEqual(["landscape"]), TIMEOUT_MS);

  const screen = await boxOf(page.locator("media-controller"));
  const at = (x: number, y: number) => ({
    x: screen.x + screen.width * x,
    y: screen.y + screen.height * y,
  });
  for (const { x, y } of [at(0.9, 0.2), at(0.9, 0.2)]) await page.touchscreen.tap(x, y);
  await inFullScreen(page, ".player-feedback").getByText("+10 s").waitFor();

  await swipe(page, [at(0.5, 0.2), at(0.5, 0.4), at(0.5, 0.6)]);
  await page.locator(":fullscreen").waitFor({ state: "detached" });
  await vi.waitFor(async () => expect((await shapes()).at(-1)).toBe("unlocked"), TIMEOUT_MS);
});

test("the volume is kept for later visits, even before the controls have loaded", async () => {
  const page = await openPaused();
  await page.locator("media-controller").focus();
  for (const volume of [0.95, 0.9, 0.85]) {
    await page.keyboard.press("ArrowDown");
    await untilMedia("volume", (now) => Math.abs(now - volume) < 0.001);
  }
  await page.keyboard.press("m");
  await untilMedia("muted", (isMuted) => isMuted);
  await page.route("**/assets/media-controller-*.js", () => {});
  await page.reload();
  await untilTime((time) => time > 0.2);
  expect(await media("volume")).toBeCloseTo(0.85);
  expect(await media("muted")).toBe(true);
  // No message is needed, because it was the viewer's choice.
  expect(await page.getByRole("button", { name: "Tap to unmute" }).count()).toBe(0);
});

test("a video that failed continues at its position when the network is back", async () => {
  const page = await newPage();
  await page.route("**/multivariant.m3u8", async (route) => route.fulfill({ status: 404 }));
  await page.goto(`/watch/${id()}?t=9s`);
  const alert = page.getByRole("alert");
  await alert.getByText("Check your connection and try again.").waitFor();
  await page.unroute("**/multivariant.m3u8");
  const context = page.context();
  await context.setOffline(true);
  await context.setOffline(false);
  await alert.waitFor({ state: "detached" });
  await untilTime((time) => time > 9 && time < 15);
});

test("a video that is still being processed shows its full duration and the missing part", async () => {
  const page = await newPage();
  const asPlayable = (video: object) => Object.assign(video, { state: "playable", progress: 0.5 });
  await page.route(`**/v1/videos/${id()}/watch`, async (route) => {
    const response = await route.fetch();
    const watch = (await response.json()) as { video: object };
    asPlayable(watch.video);
    await route.fulfill({ response, json: watch });
  });
  await page.route(`**/v1/videos/${id()}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: asPlayable((await response.json()) as object) });
  });
  // The playlists as they are while the second half is being encoded.
  await page.route("**/*.m3u8", async (route) => {
    const response = await route.fetch();
    const playlist = await response.text();
    const middle = [...playlist.matchAll(/^#EXTINF/gm)][3]?.index ?? playlist.length;
    const body = playlist.slice(0, middle).replace("TYPE:VOD", "TYPE:EVENT");
    await route.fulfill({ response, body });
  });
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  expect(await media("duration")).toBeCloseTo(WHITE_VIDEO_SECONDS, 0);
  await page.getByText("still being processed: 50% is done").waitFor();
  const missing = page.locator(".player-unprocessed");
  await missing.waitFor();
  await vi.waitFor(async () => {
    const [line, rest] = [await boxOf(page.locator(".player-timeline")), await boxOf(missing)];
    expect((rest.x - line.x) / line.width).toBeCloseTo(0.5, 1);
  }, TIMEOUT_MS);
  await page.keyboard.press("9");
  await untilTime((time) => time > 7 && time <= 12);
});
