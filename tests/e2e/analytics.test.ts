import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { METRICS, openLocalDatabase } from "../../scripts/dev/local-databases.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { settled, WIDTHS } from "../../scripts/product/site-pages.ts";
import { Analytics } from "../../workers/contract/analytics.ts";
import { isTooWide } from "../support/product/page-audit.ts";
import { collectErrors } from "../support/product/page-errors.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";
import { startSession } from "../support/product/session.ts";
import { smallTargets } from "../support/product/small-targets.ts";
import { violations } from "../support/product/violations.ts";
import { publishWhiteVideo, WHITE_VIDEO_ACCOUNT } from "../support/product/white-video.ts";

const origin = inject("origin");
const DAY_MS = 86_400_000;
const TIMEOUT_MS = 120_000;
const VIEWER = {
  name: "Ida Moor",
  email: "ida.moor@example.com",
  password: "nine quiet harbour lamps",
};

let browser: Browser;
let folder: string;
let videoId: string;
const creator = new ApiClient(origin);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-analytics-"));
  videoId = await publishWhiteVideo(origin, folder);
  await creator.signIn(WHITE_VIDEO_ACCOUNT);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Numbers of the previous day, as the cron would have summed them. */
function addYesterday(creatorId: string): void {
  const metrics = openLocalDatabase(inject("state"), METRICS);
  if (!metrics) throw new Error("The numbers have no file.");
  const day = Date.now() - (Date.now() % DAY_MS) - DAY_MS;
  const reached = Array.from({ length: 100 }, (_, index) => 400 - 3 * index);
  const plays = reached.map((tenths, index) => (index > 60 && index < 66 ? 2 * tenths : tenths));
  for (const subject of [videoId, creatorId]) {
    metrics
      .prepare("INSERT OR REPLACE INTO audience_days VALUES (?, ?, 40, 40, 640, 40, 20000, 4000)")
      .run(subject, day);
    for (const [dimension, value] of [
      ["source", "search"],
      ["country", "DE"],
      ["device", "phone"],
      ["search", "white harbour"],
      ["host", "news.example"],
      ["captions", "off"],
    ] as const)
      metrics
        .prepare("INSERT OR REPLACE INTO audience_values VALUES (?, ?, ?, ?, 35, 500)")
        .run(subject, day, dimension, value);
  }
  metrics
    .prepare("INSERT OR REPLACE INTO audience_values VALUES (?, ?, 'video', ?, 40, 640)")
    .run(creatorId, day, videoId);
  metrics
    .prepare("INSERT OR REPLACE INTO audience_curves VALUES (?, ?, 40, ?, ?)")
    .run(videoId, day, JSON.stringify(reached), JSON.stringify(plays));
  metrics.close();
}

async function expectSound(page: Page, errors: () => string[]): Promise<void> {
  expect(errors()).toEqual([]);
  expect(await violations(page)).toEqual([]);
  expect(await isTooWide(page)).toBe(false);
  if ((page.viewportSize()?.width ?? 0) < 500) expect(await smallTargets(page)).toEqual([]);
}

test("the part of a video that a viewer watched appears in the creator's analytics", async () => {
  const { creator: owner } = (await creator.call("GET", `/v1/videos/${videoId}`)) as {
    creator: { id: string };
  };
  addYesterday(owner.id);
  await new ApiClient(origin).signIn(VIEWER);
  const viewer = await (await browser.newContext({ baseURL: origin })).newPage();
  await recordMediaErrors(viewer);
  await startSession(viewer, VIEWER);
  await viewer.goto(`/watch/${videoId}?t=12`);
  await expectPlaying(viewer);
  await viewer.waitForFunction(
    () => (document.querySelector("video")?.currentTime ?? 0) > 20,
    undefined,
    { timeout: TIMEOUT_MS },
  );
  const reports: number[] = [];
  viewer.on("response", (response) => {
    if (new URL(response.url()).pathname !== "/v1/beacons") return;
    const sent = response.request().postDataJSON() as { audience?: object };
    if (sent.audience) reports.push(response.status());
  });
  // What happens when the page is left; the measuring code may still be loading.
  await expect
    .poll(async () => {
      await viewer.evaluate(() => dispatchEvent(new Event("pagehide")));
      return reports;
    })
    .toContain(202);
  await viewer.context().close();

  // The counter and the cron work in the meantime.
  for (const width of WIDTHS) {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height: 900 },
      reducedMotion: "reduce",
      colorScheme: width < 500 ? "dark" : "light",
      hasTouch: width < 500,
      isMobile: width < 500,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    const errors = collectErrors(page);
    await startSession(page, WHITE_VIDEO_ACCOUNT);
    await page.goto(`/studio/${videoId}/analytics`);
    await page.locator(".retention-curve canvas").waitFor();
    await settled(page);
    const moment = page.getByRole("slider", { name: "Moment" });
    await moment.fill("63");
    await page.getByText(/^0:15: [\d.]+% of views reach this/).waitFor();
    await page.getByText("Most replayed: 0:14").waitFor();
    const tables = page.locator(".analytics-table");
    await tables.getByRole("row", { name: /^Germany/ }).waitFor();
    await tables.getByRole("row", { name: /^white harbour/ }).waitFor();
    await expectSound(page, errors);
    if (width > 1000) {
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download CSV: Countries" }).click();
      const table = await readFile(await (await saved).path(), "utf8");
      expect(table).toMatch(/^country,views,watch_seconds\r\nDE,35,/);
    }
    await page.getByRole("combobox", { name: "Period" }).selectOption("48h");
    await page.waitForURL(/period=48h/);
    await page.goto("/studio/analytics?period=7d");
    await page.getByRole("link", { name: "White harbour" }).waitFor();
    await page.locator('[data-chart="views-day"] canvas').waitFor();
    await expectSound(page, errors);
    await context.close();
  }

  const live = async () =>
    Analytics.parse(await creator.call("GET", `/v1/videos/${videoId}/analytics?period=48h`));
  await expect.poll(async () => (await live()).totals.watchSeconds).toBeGreaterThanOrEqual(5);
  const { totals, views, retention } = await live();
  expect(totals.views).toBeGreaterThanOrEqual(1);
  expect(views.slice(-30).some((count) => count > 0)).toBe(true);
  // Watched from the 12th of 24 seconds on, in addition to the numbers of the previous day.
  expect(retention!.views).toBeGreaterThanOrEqual(41);
  expect(retention!.reached[60]).toBeGreaterThan(0);
});
