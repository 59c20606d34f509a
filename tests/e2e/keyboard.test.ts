import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { settled } from "../../scripts/product/site-pages.ts";
import { Video } from "../../workers/contract/videos.ts";
import type { Feed } from "../../workers/contract/search.ts";
import { change } from "../support/product/intercepted-api.ts";
import { violations } from "../support/product/violations.ts";
import { DESKTOP, setUpWhiteVideo, TIMEOUT_MS } from "../support/product/white-video-page.ts";

/** More tab stops than any of the pages has. */
const MAX_TABS = 200;
const MIN_RING_PIXELS = 2;

const { origin, id, newPage, openPaused, untilTime, untilPaused } = setUpWhiteVideo();

/** What has the focus, including in shadow roots, and how it shows that. */
const focused = (page: Page) =>
  page.evaluate((minimum) => {
    let element = document.activeElement!;
    const around: Element[] = [];
    while (element.shadowRoot?.activeElement) {
      around.push(element);
      element = element.shadowRoot.activeElement;
    }
    const hasRing = [element, ...around].some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const isOutlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= minimum;
      return isOutlined || boxShadow !== "none";
    });
    const { width, height, top, bottom } = element.getBoundingClientRect();
    const header = document.querySelector(".header")!;
    const isOver = element.matches(".header *, .skip-link");
    const isCovered = !isOver && bottom <= header.getBoundingClientRect().bottom;
    const isSeen = width > 1 && height > 1 && top < innerHeight && !isCovered;
    return {
      html: element.outerHTML.slice(0, 120),
      href: element.getAttribute("href") ?? "",
      isInPlayer: (around[0] ?? element).closest("media-controller") !== null,
      isVisible: hasRing && isSeen,
    };
  }, MIN_RING_PIXELS);

test("with only the keyboard a viewer gets from the home page to a video with captions, and the focus is always visible", async () => {
  const page = await newPage({ ...DESKTOP, reducedMotion: "reduce" });
  const response = await fetch(`${origin}/v1/videos/${id()}`);
  const hero = Video.parse(await response.json());
  await change<Feed>(page, "*/v1/feed", (feed) => ({ ...feed, hero }));
  await page.goto("/");
  await settled(page);
  const unseen: string[] = [];
  /** Presses a key until the focus is where it should be, and records where the focus was invisible. */
  async function press(key: string, until: (at: Awaited<ReturnType<typeof focused>>) => boolean) {
    for (let i = 0; i < MAX_TABS; i++) {
      await page.keyboard.press(key);
      const at = await focused(page);
      if (!at.isVisible) unseen.push(`${key}: ${at.html}`);
      if (until(at)) return;
    }
    throw new Error(`${key} does not come there.`);
  }
  await press("Tab", () => true);
  expect((await focused(page)).href).toBe("#main");
  await press("Tab", ({ href }) => href === `/watch/${id()}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/watch/${id()}*`);
  await untilTime((time) => time > 0.2);
  await page.locator("media-controller[playerstarted]").waitFor();
  await page.keyboard.press("k");
  await untilPaused(true);
  await page.keyboard.press("c");
  const shown = () =>
    page.locator("video").evaluate((video: HTMLVideoElement) =>
      Array.from(video.textTracks)
        .filter(({ kind, mode }) => kind !== "metadata" && mode === "showing")
        .flatMap(({ activeCues }) => Array.from(activeCues ?? [], (cue) => (cue as VTTCue).text)),
    );
  // The first line, unless the computer was slow to pause.
  await vi.waitFor(
    async () => expect((await shown()).join()).toMatch(/^(The harbour is quiet\.|Lantern)/),
    TIMEOUT_MS,
  );
  await press("Tab", ({ isInPlayer }) => isInPlayer);
  await press("Tab", ({ isInPlayer }) => !isInPlayer);
  // Down to the footer and back in a low window, whose header covers much of it.
  await press("Tab", ({ href }) => href === "/docs");
  await page.setViewportSize({ width: 1440, height: 480 });
  await press("Shift+Tab", ({ isInPlayer }) => isInPlayer);
  expect(unseen).toEqual([]);
});

test.each([
  ["en-GB", "Settings", "Quality", "Quality: back to the settings"],
  ["de", "Einstellungen", "Qualität", "Qualität: zurück zu den Einstellungen"],
])(
  "in %s keys open each menu of the player, and the menu and its items have accessible names",
  async (...row) => {
    const [locale, settings, quality, back] = row;
    const page = await openPaused({ context: { ...DESKTOP, locale, reducedMotion: "reduce" } });
    await page.locator("media-settings-menu-button").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menu", { name: settings, exact: true }).waitFor();
    const items = page.locator("media-settings-menu > media-settings-menu-item");
    const first = page.getByRole("menuitem", { name: quality });
    await page.locator("media-settings-menu-item:focus").waitFor();
    expect(await first.evaluate((item) => item.matches(":focus"))).toBe(true);
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press("Enter");
    const submenu = page.getByRole("menu", { name: quality, exact: true });
    await submenu.getByRole("menuitemradio").first().waitFor();
    await submenu.getByRole("menuitem", { name: back, exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator("media-rendition-menu:focus-within").waitFor();
    await page.keyboard.press("Escape");
    await submenu.waitFor({ state: "hidden" });
    await vi.waitFor(
      async () => expect(await first.evaluate((item) => item.matches(":focus"))).toBe(true),
      TIMEOUT_MS,
    );

    // Every menu has its own name.
    const names = await page
      .locator("media-controller [role=menu]")
      .evaluateAll((menus) => menus.map((element) => element.getAttribute("aria-label") ?? ""));
    expect(names.length).toBeGreaterThan(await items.count());
    expect(names).not.toContain("");
    expect(new Set(names).size).toBe(names.length);
  },
);
