import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { violations } from "../support/product/violations.ts";
import {
  DESKTOP,
  PHONE,
  TIMEOUT_MS,
  setUpWhiteVideo,
} from "../support/product/white-video-page.ts";

const { origin, id, newPage, openPaused, media, untilTime } = setUpWhiteVideo();

/** Presses of the Tab key after which nothing more is expected. */
const MAX_STOPS = 80;

test.each([
  ["a laptop", DESKTOP],
  ["a phone", PHONE],
])("on %s title and actions are in sight without scrolling", async (_name, options) => {
  const page = await openPaused({ context: options });
  for (const part of [
    page.getByRole("heading", { name: "White harbour" }),
    ...["Like", "Save to watchlist", "Playlist", "Share"].map((name) =>
      page.getByRole("list", { name: "Actions" }).getByRole("button", { name }),
    ),
  ]) {
    const box = await part.boundingBox();
    expect(box && box.y + box.height).toBeLessThan(options.viewport.height);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(
    options.viewport.width,
  );
});

test("a shared link starts at the viewer's time if they want", async () => {
  const page = await openPaused({ at: 12 });
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  const link = dialog.getByLabel("Link", { exact: true });
  expect(await link.inputValue()).toBe(`${origin}/watch/${id()}`);
  await dialog.getByLabel("Start at 0:12").check();
  await vi.waitFor(
    async () => expect(await link.inputValue()).toBe(`${origin}/watch/${id()}?t=12s`),
    TIMEOUT_MS,
  );
  expect(await violations(page)).toEqual([]);
});

test("times and addresses in the description can be clicked", async () => {
  const page = await openPaused({ at: 3 });
  await page.locator(".watch-description").getByRole("link", { name: "0:16" }).click();
  await untilTime((time) => time >= 16 && time < 22);
  const link = page.getByRole("link", { name: "https://harbour.example/lights" });
  expect(await link.getAttribute("href")).toBe("https://harbour.example/lights");
});

test("the chapter list plays chapters", async () => {
  const page = await openPaused({ at: 3 });
  await page.getByRole("region", { name: "Chapters" }).getByText("Harbour <lights>").click();
  await untilTime((time) => time >= 6 && time < 12);
});

test("the transcript has every language, can be searched, and plays from its lines", async () => {
  const page = await openPaused({ at: 20 });
  const transcript = page.getByRole("region", { name: "Transcript" });
  await transcript.locator("[aria-current]", { hasText: "The harbour is quiet." }).waitFor();
  const search = transcript.getByRole("searchbox");
  await search.fill("no such words");
  await transcript.getByText("No matching lines.").waitFor();
  await search.fill("QUIET");
  await transcript.getByRole("button", { name: "Play from 0:00" }).click();
  await untilTime((time) => time < 15);
  await transcript.getByRole("combobox").selectOption("de");
  const german = page.locator("track[kind=captions][srclang=de]");
  await vi.waitFor(
    async () =>
      expect(
        await german.evaluate((element: HTMLTrackElement) => element.track.cues?.length),
      ).toBeGreaterThan(0),
    TIMEOUT_MS,
  );
  await transcript.locator("ol[lang=de]").getByText("The harbour is quiet.").waitFor();
  // Reading it does not show captions.
  const modes = await page
    .locator("track[kind=captions]")
    .evaluateAll((tracks) => tracks.map((track) => (track as HTMLTrackElement).track.mode));
  expect(modes).not.toContain("showing");
  expect(await violations(page)).toEqual([]);
});

test("theatre mode widens the player and is remembered", async () => {
  const page = await openPaused({ at: 3 });
  const width = async () => (await page.locator("media-controller").boundingBox())?.width ?? 0;
  expect(await width()).toBeLessThan(1100);
  await page.keyboard.press("t");
  await vi.waitFor(async () => expect(await width()).toBeGreaterThan(1400), TIMEOUT_MS);
  await page.reload();
  await untilTime((time) => time > 0.2);
  expect(await width()).toBeGreaterThan(1400);
});

test("a playing video goes on in the corner while the viewer looks around", async () => {
  const page = await openPaused({ at: 3 });
  await page.keyboard.press("k");
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await page.waitForURL(`${origin}/`);
  const mini = page.locator(".watch-mini");
  await mini.waitFor();
  const left = await media("currentTime");
  await untilTime((time) => time > left);
  // The keys of other pages are theirs.
  await page.keyboard.press("k");
  expect(await media("paused")).toBe(false);
  await mini.getByRole("link", { name: "White harbour" }).click();
  await page.waitForURL(`**/watch/${id()}`);
  await page.locator(".watch-main h1").waitFor();
  expect(await media("currentTime")).toBeGreaterThan(left);
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await mini.getByRole("button", { name: "Close the player" }).click();
  await mini.waitFor({ state: "detached" });
});

test("a paused video does not follow the viewer", async () => {
  const page = await openPaused({ at: 3 });
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await page.waitForURL(`${origin}/`);
  await page.locator("video").waitFor({ state: "detached" });
});

/** Moves the focus on with the Tab key, and checks that each stop can be seen. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    const { isThere, isVisible, name } = await page.evaluate((wanted) => {
      const element = document.activeElement ?? document.body;
      const inner = element.shadowRoot?.activeElement ?? element;
      const ring = [element, inner].some((one) => {
        const { outlineStyle, boxShadow } = getComputedStyle(one);
        return outlineStyle !== "none" || boxShadow !== "none";
      });
      // media-chrome draws the ring on a part of the control.
      const isControl = element.tagName.startsWith("MEDIA-");
      return {
        isThere: element.matches(wanted),
        isVisible: ring || isControl || element === document.body,
        name: element.outerHTML.slice(0, 120),
      };
    }, selector);
    if (!isVisible) throw new Error(`The focus cannot be seen on ${name}`);
    if (isThere) return;
  }
  throw new Error(`The Tab key does not reach ${selector}.`);
}

test("without a mouse, a viewer comes from the home page to a video with captions", async () => {
  const page = await newPage();
  await page.goto("/");
  await page.getByRole("combobox", { name: "Search videos" }).waitFor();
  await tabTo(page, "input[role=combobox]");
  await page.keyboard.type("White harbour");
  await page.keyboard.press("Enter");
  const hit = `.hits a.card-link[href="/watch/${id()}"]`;
  await page.locator(hit).waitFor();
  await tabTo(page, hit);
  await page.keyboard.press("Enter");
  await untilTime((time) => time > 0.2);
  await tabTo(page, "media-captions-menu-button");
  await page.keyboard.press("c");
  const showing = () =>
    page
      .locator("video")
      .evaluate(({ textTracks }: HTMLVideoElement) =>
        Array.from(textTracks).some(({ kind, mode }) => kind === "captions" && mode === "showing"),
      );
  await vi.waitFor(async () => expect(await showing()).toBe(true), TIMEOUT_MS);
});
