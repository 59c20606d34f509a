import type { Locator } from "playwright-core";
import { expect, test, vi } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { differingRows, pixelsOf, textContrast } from "../support/product/pixels.ts";
import {
  boxOf,
  DESKTOP,
  near,
  PHONE,
  TIMEOUT_MS,
  setUpWhiteVideo,
} from "../support/product/white-video-page.ts";
import { WHITE_VIDEO_SECONDS } from "../support/product/white-video.ts";

/** WCAG 2.2, contrast of text. */
const MIN_CONTRAST = 4.5;
const MIN_CAPTION_PIXELS = 16;
const MIN_TARGET_PIXELS = 44;

const { id, newPage, openPaused, media, untilTime, untilPaused } = setUpWhiteVideo();

test.each([
  ["a mouse", DESKTOP],
  ["a finger", PHONE],
])("%s seeks on every visible pixel row of the timeline", async (_name, options) => {
  const page = await openPaused({ context: options });
  const line = await boxOf(page.locator("media-time-range"));
  const thumb = await boxOf(page.locator("media-time-range #thumb"));
  expect(thumb.height).toBeGreaterThan(8);
  const point = options === PHONE ? page.touchscreen : page.mouse;
  for (let row = 0.5; row < thumb.height; row++) {
    const share = row % 2 < 1 ? 0.7 : 0.3;
    const [x, y] = [line.x + line.width * share, thumb.y + row] as const;
    await ("tap" in point ? point.tap(x, y) : point.click(x, y));
    await untilTime((time) => Math.abs(time / WHITE_VIDEO_SECONDS - share) < 0.05);
  }
});

test("a viewer chooses the second audio track", async () => {
  const page = await newPage();
  const folders = new Set<string>();
  page.on("request", (request) => {
    if (request.url().includes("/media/")) folders.add(new URL(".", request.url()).href);
  });
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  const before = folders.size;
  await page.locator("media-settings-menu-button").click();
  await page.getByRole("menuitem", { name: "Audio" }).click();
  const choices = page.locator("media-audio-track-menu").getByRole("menuitemradio");
  await vi.waitFor(async () => expect(await choices.count()).toBe(2), TIMEOUT_MS);
  await choices.nth(1).click();
  await vi.waitFor(() => expect(folders.size).toBeGreaterThan(before), TIMEOUT_MS);
  await vi.waitFor(
    async () =>
      expect(
        await page
          .locator("media-audio-track-menu media-chrome-menu-item")
          .evaluateAll((items) => items.map((item) => item.getAttribute("aria-checked"))),
      ).toEqual(["false", "true"]),
    TIMEOUT_MS,
  );
});

test.each([
  ["wide", DESKTOP],
  ["narrow", PHONE],
])("the controls of a %s player are legible on white frames", async (_name, options) => {
  const page = await openPaused({ context: options });
  for (const control of ["media-time-display", "media-mute-button", "media-fullscreen-button"]) {
    const box = await boxOf(page.locator(`.player-bar ${control}`));
    // Waits until the controls have faded in.
    await vi.waitFor(
      async () =>
        expect(textContrast(await pixelsOf(page, box))).toBeGreaterThanOrEqual(MIN_CONTRAST),
      TIMEOUT_MS,
    );
  }
});

test("without permission to autoplay with sound, playback starts muted and a tap unmutes it", async () => {
  const strict = await launchBrowser({ autoplay: false });
  try {
    const page = await newPage(DESKTOP, strict);
    // Playwright's own scripts count as a click, so none may run before the browser has refused to play. This script
    // runs with the page and reports by a request.
    await page.addInitScript(() => {
      const play = Reflect.get(HTMLMediaElement.prototype, "play") as () => Promise<void>;
      HTMLMediaElement.prototype.play = function playAndTell(this: HTMLMediaElement) {
        const played = play.call(this);
        played.catch(() => void fetch("/robots.txt?refused"));
        return played;
      };
    });
    const refused = page.waitForRequest(/robots\.txt\?refused$/);
    await page.goto(`/watch/${id()}`);
    await refused;
    const unmute = page.getByRole("button", { name: "Tap to unmute" });
    await unmute.waitFor();
    await untilTime((time) => time > 0.5);
    await unmute.click();
    await unmute.waitFor({ state: "detached" });
    const start = await media("currentTime");
    await untilTime((time) => time > start);
    expect(await media("muted")).toBe(false);
  } finally {
    await strict.close();
  }
});

test("a player whose controls fail to load shows the browser's controls", async () => {
  const page = await newPage();
  await page.route(/\/controls-elements-/, (route) => route.abort());
  await page.goto(`/watch/${id()}`);
  await page.locator("video[controls]").waitFor();
  await untilTime((time) => time > 0.2);
});

test("if even muted playback needs a click, a large play button is in the centre", async () => {
  const page = await newPage();
  await page.addInitScript(() => {
    let wasClicked = false;
    document.addEventListener("pointerdown", () => (wasClicked = true), true);
    const play = Reflect.get(HTMLMediaElement.prototype, "play") as () => Promise<void>;
    HTMLMediaElement.prototype.play = function playAfterClick(this: HTMLMediaElement) {
      if (wasClicked) return play.call(this);
      return Promise.reject(new DOMException("Blocked.", "NotAllowedError"));
    };
  });
  await page.goto(`/watch/${id()}`);
  const button = page.locator(".player-centre media-play-button");
  await button.waitFor();
  const { width, height } = await boxOf(button);
  expect(Math.min(width, height)).toBeGreaterThan(MIN_TARGET_PIXELS);
  await button.click();
  await untilTime((time) => time > 0.2);
  expect(await media("muted")).toBe(false);
});

test("a phone seeks by 10 s with buttons and double taps, and offers picture-in-picture", async () => {
  const page = await openPaused({ context: PHONE });
  const skip = await boxOf(page.getByRole("button", { name: "Skip intro" }));
  const play = await boxOf(page.locator(".player-centre media-play-button"));
  expect(skip.y + skip.height).toBeLessThanOrEqual(play.y);
  await page.locator(".player-centre media-seek-forward-button").tap();
  await untilTime(near(10));
  await page.locator(".player-centre media-seek-backward-button").tap();
  await untilTime((time) => time < 0.5);
  const player = await boxOf(page.locator("media-controller"));
  const tapTwice = async (share: number) => {
    const [x, y] = [player.x + player.width * share, player.y + player.height * 0.2];
    await page.touchscreen.tap(x, y);
    await page.touchscreen.tap(x, y);
  };
  await tapTwice(0.9);
  await untilTime(near(10));
  await page.getByText("+10 s").waitFor();
  await page.getByText("+10 s").waitFor({ state: "detached" });
  await tapTwice(0.1);
  await untilTime((time) => time < 0.5);
  await page.locator("media-pip-button").waitFor();
  for (const control of await page.locator(".player-bar > *:not(.player-space)").all()) {
    if (!(await control.isVisible())) continue;
    const box = await boxOf(control);
    expect(box.x + box.width).toBeLessThanOrEqual(PHONE.viewport.width);
  }
});

test.each([
  ["a phone", PHONE, "watch"],
  ["a laptop", DESKTOP, "watch"],
  ["a small iframe", { viewport: { width: 320, height: 180 } }, "embed"],
] as const)("on %s no menu extends beyond the player", async (_name, options, path) => {
  const page = await openPaused({ context: options, path });
  const expectInside = async (menu: Locator) => {
    await vi.waitFor(async () => {
      // Both are checked each time, because the page scrolls on a phone.
      const [player, box] = [await boxOf(page.locator("media-controller")), await boxOf(menu)];
      expect(box.x).toBeGreaterThanOrEqual(player.x);
      expect(box.y).toBeGreaterThanOrEqual(player.y);
      expect(box.x + box.width).toBeLessThanOrEqual(player.x + player.width);
      expect(box.y + box.height).toBeLessThanOrEqual(player.y + player.height);
    }, TIMEOUT_MS);
  };
  const settings = page.locator("media-settings-menu-button");
  for (const name of ["Quality", "Speed", "Audio"]) {
    await settings.click();
    await expectInside(page.locator("media-settings-menu"));
    await page.getByRole("menuitem", { name }).click();
    const choices = page.locator("media-settings-menu [slot=submenu]:not([hidden])");
    await expectInside(choices);
    const last = choices.getByRole("menuitemradio").last();
    await last.scrollIntoViewIfNeeded();
    await expectInside(last);
    await settings.click();
    await page.locator("media-settings-menu").waitFor({ state: "hidden" });
  }
  await page.locator("media-captions-menu-button").click();
  await expectInside(page.locator("media-captions-menu"));
});

test("captions on a phone are at least as large as body text", async () => {
  const page = await openPaused({ context: PHONE, at: 5 });
  const player = await boxOf(page.locator("media-controller"));
  const timeline = await boxOf(page.locator("media-time-range"));
  const frames = { ...player, height: timeline.y - player.y };
  const before = await pixelsOf(page, frames);
  const track = page.locator("track[kind=captions]").first();
  await track.evaluate((element: HTMLTrackElement) => (element.track.mode = "showing"));
  await vi.waitFor(async () => {
    const rows = differingRows(before, await pixelsOf(page, frames));
    expect(rows).toBeGreaterThanOrEqual(MIN_CAPTION_PIXELS);
  }, TIMEOUT_MS);
});

test("the keys work with Caps Lock and from any focused element, except those that use the key themselves", async () => {
  const page = await openPaused();
  const { keyboard } = page;
  await page.locator("main a").first().focus();
  await keyboard.press("k");
  await untilPaused(false);
  // The key value of K with Caps Lock.
  await keyboard.press("K");
  await untilPaused(true);
  await keyboard.press("End");
  await keyboard.press("0");
  await untilTime((time) => time < 0.5);
  await keyboard.press("L");
  await untilTime(near(10));
  await page.locator("media-mute-button").focus();
  await keyboard.press("J");
  await untilTime((time) => time < 0.5);
  await keyboard.press("Space");
  await vi.waitFor(async () => expect(await media("muted")).toBe(true), TIMEOUT_MS);
  expect(await media("paused")).toBe(true);
  await page.getByRole("combobox").or(page.getByRole("searchbox")).first().focus();
  await keyboard.type("kl");
  expect([await media("paused"), (await media("currentTime")) < 0.5]).toEqual([true, true]);
});

test("the question mark key shows all keyboard shortcuts", async () => {
  const page = await openPaused();
  await page.locator("video").click();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.getByText("Previous chapter").waitFor();
  expect(await help.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  for (const end of ["Play or pause", "Show this list"]) {
    const { y, height } = await boxOf(help.getByText(end));
    expect([end, y > 0 && y + height < DESKTOP.viewport.height]).toEqual([end, true]);
  }
  await page.keyboard.press("?");
  await help.waitFor({ state: "detached" });
});

test.each([
  ["ahead", 7_200_000],
  ["behind", -7_200_000],
])("a device whose clock is two hours %s does not renew its token", async (_name, offset) => {
  const page = await newPage();
  await page.addInitScript((milliseconds) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + milliseconds;
  }, offset);
  let tokens = 0;
  let segments = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && /\/(playback|watch)$/.test(request.url())) tokens++;
    if (request.url().endsWith(".m4s")) segments++;
  });
  await page.goto(`/watch/${id()}`);
  await vi.waitFor(() => expect(segments).toBeGreaterThan(3), TIMEOUT_MS);
  await untilTime((time) => time > 2);
  expect(tokens).toBe(1);
});
