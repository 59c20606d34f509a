import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import type { Video } from "../../workers/contract/videos.ts";
import {
  layoutShiftOf,
  MAX_LAYOUT_SHIFT,
  observeShifts,
} from "../support/product/layout-shifts.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";

const origin = inject("origin");

let browser: Browser;
let folder: string;
let account: PublishedVideo["account"];
let videoId = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-start-"));
  ({ id: videoId, account } = await publishVideo(origin, folder, "Early harbour"));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page and the requests that it has made, in order. */
async function openPage(): Promise<{ page: Page; requests: Request[] }> {
  const page = await (await browser.newContext({ baseURL: origin })).newPage();
  await recordMediaErrors(page);
  const requests: Request[] = [];
  page.on("request", (request) => requests.push(request));
  return { page, requests };
}
const pathOf = (request: Request) => new URL(request.url()).pathname;

test("a watch page requests the video and its playback once, in parallel with the player's code", async () => {
  const { page, requests } = await openPage();
  await page.goto(`/watch/${videoId}`);
  await expectPlaying(page);
  await page.locator(`a[href^="/creator/"]`).first().waitFor();
  const paths = requests.map(pathOf);
  const about = requests.filter((request) => pathOf(request).startsWith(`/v1/videos/${videoId}`));
  expect(about[0] && [about[0].method(), pathOf(about[0])]).toEqual([
    "POST",
    `/v1/videos/${videoId}/watch`,
  ]);
  expect(paths).not.toContain(`/v1/videos/${videoId}`);
  expect(paths).not.toContain(`/v1/videos/${videoId}/playback`);
  // No other request of the page comes between its code and these.
  const answered = paths.findIndex((path) => path.endsWith("/multivariant.m3u8"));
  const before = paths.slice(0, answered);
  expect(before.some((path) => path.includes("/assets/player-"))).toBe(true);
  expect(before.some((path) => path.includes("/hls-source-"))).toBe(true);
  // The site's code does not come before the video either.
  expect(paths.find((path) => /^\/(v1|api)\//.test(path))).toBe(`/v1/videos/${videoId}/watch`);
  await page.context().close();
});

test("the HTML file requests the code of its page before any other script runs", async () => {
  const expectCode = async (path: string, code: string[], api: string[]) => {
    const { page, requests } = await openPage();
    // The page has only the HTML file and the script in it.
    await page.route(/\.js$/, (route) => route.abort());
    await page.goto(path);
    const names = ["start", "app", "player", "hls-source", "search", "embed"];
    const isLoaded = (name: string) =>
      requests.some((request) => pathOf(request).startsWith(`/assets/${name}-`));
    // The page is loaded whether or not these requests have begun.
    await expect
      .poll(() => ({
        code: names.filter(isLoaded),
        api: requests
          .filter((request) => pathOf(request).startsWith("/v1/"))
          .map((request) => `${request.method()} ${pathOf(request)}`),
      }))
      .toEqual({ code, api });
    await page.context().close();
  };
  await expectCode(
    `/watch/${videoId}`,
    ["start", "app", "player", "hls-source", "embed"],
    [`POST /v1/videos/${videoId}/watch`],
  );
  await expectCode(`/embed/${videoId}`, ["start", "embed"], []);
  await expectCode("/search", ["start", "app", "search", "embed"], ["GET /v1/search"]);
  await expectCode("/", ["start", "app", "embed"], ["GET /v1/feed"]);
});

test("a phone shows the poster of a shared video in the player's position before any code has loaded", async () => {
  const { page } = await openPage();
  await page.setViewportSize({ width: 390, height: 844 });
  let isHeld = true;
  await page.route(/\/app-[^/]*\.js$/, async (route) => {
    await expect.poll(() => isHeld, { timeout: 60_000 }).toBe(false);
    await route.continue();
  });
  const poster = page.locator("#first-poster");
  await page.goto(`/watch/${videoId}`, { waitUntil: "commit" });
  await poster.waitFor();
  expect(await poster.evaluate((image: HTMLImageElement) => image.decode())).toBeUndefined();
  // It has its own size until the styles have arrived.
  await expect.poll(async () => (await poster.boundingBox())?.width).toBe(390);
  const place = await poster.boundingBox();
  isHeld = false;
  await expectPlaying(page);
  await poster.waitFor({ state: "hidden" });
  expect(await page.locator("media-controller").boundingBox()).toEqual(place);
  // The next page does not have it.
  await page.locator(".header-home").click();
  await poster.waitFor({ state: "detached" });
  await page.context().close();
});

test("related videos load after the first frame", async () => {
  const { page, requests } = await openPage();
  await page.goto(`/watch/${videoId}`);
  const related = await page.waitForRequest(/\/related/);
  const order = requests.map(pathOf);
  const firstSegment = order.findIndex((path) => path.endsWith(".m4s"));
  expect(firstSegment).toBeGreaterThan(-1);
  expect(order.indexOf(pathOf(related))).toBeGreaterThan(firstSegment);
  await page.context().close();
});

test("pointing at a card preloads the player's code, so that the click loads only the video", async () => {
  const { page, requests } = await openPage();
  await page.goto("/");
  const card = page.locator(`a[href="/watch/${videoId}"]`).first();
  const playerFiles = () =>
    new Set(requests.map(pathOf).filter((path) => /\/player-(?!menus).*\.js/.test(path)));
  // Repeated in case the page did not listen yet.
  const pointed = async () => {
    await page.mouse.move(0, 0);
    await card.hover();
    return playerFiles().size;
  };
  await expect.poll(pointed).toBeGreaterThan(0);
  const loaded = playerFiles();
  expect(requests.some((request) => request.method() === "POST")).toBe(false);
  await card.click();
  await expectPlaying(page);
  // The import of a preloaded file counts as another request at any time, so files are counted, not requests.
  // The pointer rests on the player then, which loads its menus.
  expect(playerFiles()).toEqual(loaded);
  expect(requests.filter((request) => pathOf(request).endsWith("/watch"))).toHaveLength(1);
  await page.context().close();
});

test("a player reports startup time and playback quality anonymously", async () => {
  const { page, requests } = await openPage();
  await page.goto(`/watch/${videoId}`);
  await expectPlaying(page);
  const reports = () =>
    requests
      .filter((request) => pathOf(request) === "/v1/beacons")
      .map((request) => request.postDataJSON() as { token: string; quality?: object })
      .flatMap(({ quality }) => quality ?? []);
  // What happens when the page is left; the measuring code may still be loading.
  await expect
    .poll(
      async () => {
        await page.evaluate(() => dispatchEvent(new Event("pagehide")));
        return reports().length;
      },
      { timeout: 120_000 },
    )
    .toBeGreaterThan(0);
  const [first] = reports();
  expect(first).toMatchObject({ started: true, exitedBeforeStart: false });
  expect((first as { startupMs: number }).startupMs).toBeGreaterThan(0);
  expect(Object.keys(first!).toSorted()).toEqual([
    "droppedFrames",
    "exitedBeforeStart",
    "frames",
    "kilobits",
    "playingMs",
    "rebufferingMs",
    "rebuffers",
    "renditionSwitches",
    "started",
    "startupMs",
  ]);
  await page.context().close();
});

test.each([390, 820, 1440])(
  "at %d pixels the space reserved for the player has the player's height",
  async (width) => {
    const { page } = await openPage();
    await page.setViewportSize({ width, height: 844 });
    const arrival = Promise.withResolvers<void>();
    await page.route(/\/assets\/player-[^/]*\.js$/, async (route) => {
      await arrival.promise;
      await route.continue();
    });
    await page.goto(`/watch/${videoId}`);
    const title = page.locator(".watch-title");
    const before = await title.boundingBox();
    expect(await page.locator("media-controller").count()).toBe(0);
    arrival.resolve();
    await settled(page);
    expect(await title.boundingBox()).toEqual(before);
    await page.context().close();
  },
);

test.each([390, 820, 1440])(
  "at %d pixels a series that loads late shifts no content",
  async (width) => {
    const api = new ApiClient(origin);
    await api.signIn(account);
    const body = { kind: "series", title: "Nights", visibility: "public" };
    const { id } = (await api.call("POST", "/v1/playlists", body)) as { id: string };
    await api.call("PUT", `/v1/playlists/${id}/videos/${videoId}`, {});
    const other = (await api.call("GET", `/v1/videos/${videoId}`)) as Video;
    const items = [1, 2, 3].map((number) => ({ ...other, id: String(number).repeat(22) }));

    const { page } = await openPage();
    await page.setViewportSize({ width, height: 844 });
    await observeShifts(page);
    await page.route(/\/related\b/, (route) => route.fulfill({ json: { items } }));
    const related = page.waitForResponse(/\/related\b/);
    await page.route("**/v1/playlists/*", async (route) => {
      await (await related).finished();
      await route.continue();
    });
    await page.goto(`/watch/${videoId}`);
    await page.getByRole("region", { name: "Nights" }).waitFor();
    await page.getByRole("region", { name: "Related videos" }).waitFor();
    await settled(page);
    const { cls, moved } = await layoutShiftOf(page);
    expect(cls < MAX_LAYOUT_SHIFT ? "" : moved).toBe("");
    await api.call("DELETE", `/v1/playlists/${id}`);
    await page.context().close();
  },
);
