import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { SearchResult } from "../../workers/contract/search.ts";
import { generateSource, runFfmpeg } from "../../scripts/product/sample-video.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";

const origin = inject("origin");
const TITLE = "The Cormorant";
/** Start of the cue with the marmalade. */
const CUE_START_SECONDS = 21;
const SUBTITLES = `1
00:00:02,000 --> 00:00:04,000
Good morning, harbour.

2
00:00:${CUE_START_SECONDS},000 --> 00:00:24,000
There are seventeen marmalade lanterns out tonight.
`;

let page: Page;
let folder: string;
let videoId = "";

/** Captions are indexed after the video is ready, and a search page that has its results does not search again. */
async function untilCaptionsIndexed(api: ApiClient): Promise<void> {
  async function hasMoments(): Promise<boolean> {
    const body = await api.call("GET", "/v1/search?q=marmalade");
    return SearchResult.parse(body).items.some(({ moments }) => moments.length > 0);
  }
  await vi.waitFor(async () => expect(await hasMoments()).toBe(true), {
    timeout: 120_000,
    interval: 500,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-e2e-search-"));
  const [uncaptioned, captions, source] = ["uncaptioned.mp4", "captions.srt", "source.mp4"].map(
    (name) => join(folder, name),
  ) as [string, string, string];
  await generateSource(uncaptioned, { seconds: 30, width: 426, height: 240, rate: 15 });
  await writeFile(captions, SUBTITLES);
  const streams = ["-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text"];
  const language = ["-metadata:s:s:0", "language=eng"];
  await runFfmpeg(["-i", uncaptioned, "-i", captions, ...streams, ...language, source]);
  const api = new ApiClient(origin);
  await api.signIn({
    name: "Wren Hale",
    email: "wren@example.com",
    password: "a slow tide under the pier",
  });
  const details = {
    title: TITLE,
    people: ["Isolde Marchetti"],
    visibility: "public" as const,
  };
  videoId = await uploadFile(api, source, details, () => {});
  await untilReady(api, videoId);
  await untilCaptionsIndexed(api);
  page = await openKeptPage({ baseURL: origin });
  page.setDefaultTimeout(120_000);
  await recordMediaErrors(page);
});

afterAll(async () => {
  await closeKeptPages();
  await rm(folder, { recursive: true, force: true });
});

test("results appear while typing, despite a typo, with the matches marked", async () => {
  await page.goto("/search");
  await page.getByRole("combobox", { name: "Search videos" }).last().pressSequentially("cormornat");
  await page.getByText("Showing results for cormorant").waitFor();
  const title = page.getByRole("heading", { name: TITLE, level: 3 });
  expect(await title.locator("mark").allTextContents()).toEqual(["Cormorant"]);
});

test("the keyboard selects a person among the suggestions", async () => {
  await page.goto("/");
  const field = page.getByRole("combobox", { name: "Search videos" }).first();
  await field.pressSequentially("isolde");
  const person = page.getByRole("option", { name: /Isolde Marchetti/ }).first();
  await person.waitFor();
  while ((await person.getAttribute("aria-selected")) !== "true") await field.press("ArrowDown");
  await field.press("Enter");
  await page.waitForURL("**/search?q=Isolde*");
  // The home page, which also shows the video, stays until the results are there.
  await page.getByRole("list", { name: "Results" }).getByText(TITLE).waitFor();
});

test("a filter is part of the address and is restored from it", async () => {
  await page.goto("/search?q=cormorant");
  await page.getByRole("button", { name: "Captions", exact: true }).click();
  await page.waitForURL("**captions=true**");
  await page.reload();
  const filter = page.getByRole("button", { name: "Captions", exact: true });
  expect(await filter.getAttribute("aria-pressed")).toBe("true");
  await page.getByRole("heading", { name: TITLE, level: 3 }).waitFor();
});

test("a page of results that fails to load is not requested again until the viewer asks for it", async () => {
  const laterPages: string[] = [];
  let refused = true;
  await page.route("**/v1/search?**", async (route) => {
    const url = new URL(route.request().url());
    const isLater = url.searchParams.has("cursor");
    if (isLater) laterPages.push(url.href);
    if (isLater && refused) return route.abort();
    url.searchParams.delete("cursor");
    const response = await route.fetch({ url: url.href });
    const body = SearchResult.parse(await response.json());
    return route.fulfill({ json: { ...body, nextCursor: isLater ? null : "next" } });
  });
  await page.goto("/search?q=cormorant&within=7");
  const tryAgain = page.getByRole("button", { name: "Try again" });
  await tryAgain.waitFor();
  // A read is retried once before it fails.
  expect(laterPages).toHaveLength(2);
  refused = false;
  await tryAgain.click();
  await tryAgain.waitFor({ state: "detached" });
  expect(laterPages).toHaveLength(3);
  expect(new Set(laterPages).size).toBe(1);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("a suggested category leads to all its videos", async () => {
  await page.goto("/");
  const field = page.getByRole("combobox", { name: "Search videos" }).first();
  await field.pressSequentially("documen");
  await page.getByRole("option", { name: /Documentary/ }).click();
  await page.waitForURL("**/category/documentary");
});

test("before the site has said which categories it has, an unknown one has no page", async () => {
  const settings = Promise.withResolvers<void>();
  await page.route("**/v1/site", async (route) => {
    await settings.promise;
    await route.continue();
  });
  await page.goto("/category/nothing");
  await page.locator(".skeleton-card").first().waitFor();
  expect(await page.getByRole("heading", { level: 1 }).count()).toBe(0);
  settings.resolve();
  await page.getByRole("heading", { name: "Page not found" }).waitFor();
  await page.unroute("**/v1/site");
});

test.each(["/category/nothing", "/legal/imprint"])(
  "without its data, %s says so inside the margins",
  async (path) => {
    const data = path.startsWith("/legal") ? "**/v1/site/imprint" : "**/v1/site";
    await page.route(data, (route) => route.abort());
    await page.goto(path);
    const box = await page.getByRole("alert").getByRole("button").boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(16);
    await page.unroute(data);
  },
);

test("a search for dialogue opens the video at that time", async () => {
  await page.goto("/search");
  const field = page.getByRole("combobox", { name: "Search videos" }).last();
  await field.pressSequentially("seventeen marmal");
  const moment = page.getByRole("list", { name: `Moments in ${TITLE}` }).getByRole("link");
  await moment.waitFor();
  expect(await moment.locator("mark").allTextContents()).toEqual(["seventeen", "marmal"]);
  await moment.click();
  await page.waitForURL(`**/watch/${videoId}?t=${CUE_START_SECONDS}`);
  await page.waitForFunction((second) => {
    const time = document.querySelector("video")?.currentTime ?? 0;
    return time >= second && time < second + 3;
  }, CUE_START_SECONDS);
  await expectPlaying(page, 2);
});
