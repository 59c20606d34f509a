import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { ROOT } from "../../scripts/dev/settings.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { Playlist } from "../../workers/contract/playlists.ts";
import { Video } from "../../workers/contract/videos.ts";
import { cardOf, longFeed } from "../support/product/long-pages.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const TITLE = "Herring run";
const ABOUT = "I film boats.";
const VIEWER = {
  name: "Ida Moss",
  email: "ida-moss@example.com",
  password: "nine quiet harbour lamps",
};
/** Timeout for background work of the server. */
const TIMEOUT_MS = 180_000;

let browser: Browser;
let folder: string;
let video: PublishedVideo;
let creator: ApiClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-browse-"));
  video = await publishVideo(origin, folder, TITLE, "private");
  creator = new ApiClient(origin);
  await creator.signIn(video.account);
  await new ApiClient(origin).signIn(VIEWER);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function openPage(account?: typeof VIEWER): Promise<Page> {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ baseURL: origin, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  if (account) await startSession(page, account);
  return page;
}

test("a creator's page shows their profile, and followers are notified of a new video", async () => {
  const studio = await openPage(video.account);
  await studio.goto("/settings/profile");
  await studio.getByLabel("Picture").setInputFiles(join(ROOT, "web/public/icon-512.png"));
  await studio.getByRole("button", { name: "Remove picture" }).waitFor();
  await studio.getByLabel("About").fill(ABOUT);
  await studio.getByRole("button", { name: "Add a link" }).click();
  await studio.getByLabel("Title of link 1").fill("My site");
  await studio.getByLabel("Address of link 1").fill("https://example.com/boats");
  await studio.getByRole("button", { name: "Save" }).click();
  await studio.getByText("Saved.").waitFor();
  await studio.context().close();

  const page = await openPage(VIEWER);
  await page.goto(`/creator/${video.creatorId}`);
  await page.getByRole("heading", { name: "Nora Vale", level: 1 }).waitFor();
  await page.getByText(ABOUT).waitFor();
  // Without a video the page links to other pages.
  await page.locator(".collection .state").getByRole("link", { name: "Browse videos" }).waitFor();
  expect(await page.getByRole("link", { name: "My site" }).getAttribute("href")).toBe(
    "https://example.com/boats",
  );
  await page.waitForFunction(
    () => document.querySelector<HTMLImageElement>("img.avatar")?.naturalWidth === 512,
  );
  await page.getByRole("button", { name: "Follow Nora Vale" }).click();
  await page.getByRole("button", { name: "Following Nora Vale" }).waitFor();

  // The video is published now, after the follow.
  await creator.call("PATCH", `/v1/videos/${video.id}`, { visibility: "public" });
  await page.reload();
  await page.getByRole("button", { name: "Notifications: 1 new" }).click();
  await page.locator("#notifications").getByRole("link", { name: TITLE }).waitFor();
  await page.getByRole("link", { name: "See all" }).click();
  await page.waitForURL("**/following");
  await cardOf(page, TITLE).waitFor();
  await expect
    .poll(
      async () => {
        await page.reload();
        await cardOf(page, TITLE).waitFor();
        return page.getByRole("button", { name: "Notifications", exact: true }).count();
      },
      { timeout: TIMEOUT_MS },
    )
    .toBe(1);
  await page.context().close();
});

test("a creator's page lists their public series and playlists, which play and link back", async () => {
  const create = async (title: string, more: object) => {
    const { id } = Playlist.parse(await creator.call("POST", "/v1/playlists", { title, ...more }));
    await creator.call("PUT", `/v1/playlists/${id}/videos/${video.id}`, {});
    return id;
  };
  const id = await create("Harbour evenings", { kind: "series", visibility: "public" });
  await create("Evenings for nobody", { visibility: "private" });
  const page = await openPage();
  await page.goto(`/creator/${video.creatorId}`);
  const section = page.getByRole("region", { name: "Series and playlists" });
  await section.getByRole("link", { name: /Harbour evenings/ }).click();
  await page.waitForURL(`**/playlist/${id}`);
  expect(await page.getByText("Evenings for nobody").count()).toBe(0);
  await page.getByRole("heading", { name: "Harbour evenings", level: 1 }).waitFor();
  const back = page.locator(".playlist-head").getByRole("link", { name: "Nora Vale" });
  expect(await back.getAttribute("href")).toBe(`/creator/${video.creatorId}`);
  await page.getByRole("button", { name: "Copy link" }).waitFor();
  await page.getByRole("link", { name: "Play all" }).click();
  await page.waitForURL(`**/watch/${video.id}?list=${id}`);
  await page.context().close();
});

test("signing out removes started videos from the home page", async () => {
  const api = new ApiClient(origin);
  await api.signIn(VIEWER);
  await api.call("PUT", `/v1/videos/${video.id}/progress`, { position: 4 });
  const page = await openPage(VIEWER);
  await page.goto("/");
  const row = page.getByRole("region", { name: "Continue watching" });
  await row.getByRole("heading", { name: TITLE }).waitFor();
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("header").getByRole("link", { name: "Sign in" }).waitFor();
  await row.waitFor({ state: "detached" });
  await page.context().close();
});

test("the home page shows started videos with their progress until the viewer removes them", async () => {
  const api = new ApiClient(origin);
  await api.signIn(VIEWER);
  await api.call("PUT", `/v1/videos/${video.id}/progress`, { position: 4 });
  const page = await openPage(VIEWER);
  await page.goto("/");
  const row = page.getByRole("region", { name: "Continue watching" });
  await row.getByRole("heading", { name: TITLE }).waitFor();
  const watched = row.getByRole("progressbar");
  expect(Number(await watched.getAttribute("aria-valuenow"))).toBeCloseTo(50, -1);
  await row.getByRole("button", { name: new RegExp(`Remove.*${TITLE}`) }).click();
  await row.waitFor({ state: "detached" });
  expect(await api.call("GET", "/v1/history")).toMatchObject({ items: [] });
  await page.reload();
  await settled(page);
  expect(await row.count()).toBe(0);
  await page.getByRole("link", { name: "See all: New" }).click();
  await page.waitForURL("**/search?sort=newest");
  await page.context().close();
});

test("the page before is in reach after the last video of a later page of the history is removed", async () => {
  const shown = Video.parse(await creator.call("GET", `/v1/videos/${video.id}`));
  const page = await openPage(VIEWER);
  let isRemoved = false;
  await page.route("**/v1/videos/*/progress", (route) => {
    isRemoved = true;
    return route.fulfill({ status: 204 });
  });
  await page.route("**/v1/history*", (route) => {
    const isLater = route.request().url().includes("cursor=");
    const progress = { position: 4, finished: false, updatedAt: shown.createdAt };
    const items = isLater && isRemoved ? [] : [{ video: shown, progress }];
    return route.fulfill({ json: { items, nextCursor: isLater ? null : "later" } });
  });
  await page.goto("/history");
  await page.getByRole("button", { name: "Older" }).click();
  await page.getByRole("button", { name: "Older" }).waitFor({ state: "detached" });
  const remove = page.getByRole("button", { name: `Remove ${TITLE}` });
  await remove.click();
  await remove.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Newer" }).click();
  await remove.waitFor();
  await page.context().close();
});

test("a card plays a preview while a mouse points at it, but not on touch", async () => {
  await expect
    .poll(async () => Video.parse(await creator.call("GET", `/v1/videos/${video.id}`)).preview, {
      timeout: TIMEOUT_MS,
    })
    .not.toBeNull();
  const context = await browser.newContext({ baseURL: origin });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.goto(`/creator/${video.creatorId}`);
  const card = cardOf(page, TITLE);
  const preview = card.locator(".card-preview");
  await card.locator(".card-poster").dispatchEvent("pointerenter", { pointerType: "touch" });
  expect(await preview.count()).toBe(0);
  await card.hover();
  await preview.waitFor();
  await expect
    .poll(() => preview.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await page.mouse.move(0, 0);
  await preview.waitFor({ state: "detached" });
  await context.close();
});

test("signing up leads to the welcome page, or to the page that the viewer wanted", async () => {
  for (const [path, arrival] of [
    ["/sign-up", "/welcome"],
    ["/sign-up?next=%2Ftag%2Fsea", "/tag/sea"],
  ] as const) {
    const page = await openPage();
    await page.goto(path);
    await page.getByLabel("Name").fill("Ole Berg");
    await page.getByLabel("Email").fill(`ole${arrival.replaceAll("/", "-")}@example.com`);
    await page.getByLabel("Password").fill("a lamp over seven seas");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.waitForURL(origin + arrival);
    if (arrival === "/welcome") {
      await page.getByRole("heading", { name: "Welcome, Ole Berg" }).waitFor();
      expect(await page.locator("#main").locator("a, button").allInnerTexts()).toEqual([
        "Upload your first video",
      ]);
      await page.getByRole("link", { name: "Upload your first video" }).click();
      await page.waitForURL("**/upload");
    }
    await page.context().close();
  }
});

test("rows scroll by arrow buttons and keys, and link to all of their videos", async () => {
  const page = await openPage();
  await longFeed(page);
  await page.goto("/");
  await settled(page);
  const row = page.getByRole("region", { name: "Row 1", exact: true });
  const list = row.locator(".row-videos");
  const left = () => list.evaluate((element) => element.scrollLeft);
  const back = row.getByRole("button", { name: /^Previous/ });
  expect(await back.isDisabled()).toBe(true);
  await row.getByRole("button", { name: /^More/ }).click();
  await expect.poll(left).toBeGreaterThan(400);
  await expect.poll(() => back.isDisabled()).toBe(false);
  await back.click();
  await expect.poll(left).toBe(0);

  await row.locator(".card-link").first().focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  expect(await focused()).toContain("Video 21");
  await page.keyboard.press("End");
  expect(await focused()).toContain("Video 31");
  await expect.poll(left).toBeGreaterThan(1000);
  await page.context().close();
});

test("the slash key focuses the search field, which lists recent searches until they are removed", async () => {
  const page = await openPage();
  await page.goto("/");
  await settled(page);
  await page.keyboard.press("/");
  await page.keyboard.type("herring");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=herring");
  await page.goto("/");
  await settled(page);
  await page.keyboard.press("/");
  // The first key press opens the list, the second moves into it.
  await page.keyboard.press("ArrowDown");
  const recent = page.getByRole("option", { name: /herring.*Recent/ });
  await recent.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.locator("[role=option][aria-selected=true]", { hasText: "herring" }).waitFor();
  await page.keyboard.press("Delete");
  await recent.waitFor({ state: "detached" });
  // On a phone, the field is on a page of its own.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await settled(page);
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.locator("#main .search-field").waitFor();
  await settled(page);
  await page.keyboard.type("her");
  await page.waitForURL("**/search?q=her");
  await page.context().close();
});
