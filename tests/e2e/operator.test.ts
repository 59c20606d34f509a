import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { CATALOG, METRICS, openLocalDatabase } from "../../scripts/dev/local-databases.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { ADMIN, signInAsAdmin } from "../support/product/admin-account.ts";
import { AccountPages } from "../support/product/admin-pages.ts";
import { closeKeptPages } from "../support/product/kept-cache.ts";
import { isTooWide } from "../support/product/page-audit.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");

const pages = new AccountPages();
let folder: string;
let video: PublishedVideo;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-operator-"));
  await signInAsAdmin();
  video = await publishVideo(origin, folder, "Lighthouse at work");
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await closeKeptPages();
  pages.expectNoErrors();
});

/** Runs SQL statements on the catalogue of the running product. */
function onCatalogue<T>(run: (catalog: DatabaseSync) => T): T {
  const catalog = openLocalDatabase(inject("state"), CATALOG);
  if (!catalog) throw new Error("The catalogue has no file.");
  try {
    return run(catalog);
  } finally {
    catalog.close();
  }
}

function giveUp(requestId: string): void {
  const body = JSON.stringify({ kind: "index-video", videoId: video.id, requestId });
  onCatalogue((catalog) =>
    catalog
      .prepare("INSERT INTO dead_letters (queue, body, received_at) VALUES ('events-dead', ?, ?)")
      .run(body, Date.now()),
  );
}

test.each([390, 1440])(
  "an operator reads dead letters and sends them again one by one or all at once, at %d px",
  async (width) => {
    const name = (number: number) => `request-${width}-${number}`;
    giveUp(name(1));
    const page = await pages.open(ADMIN, width);
    // Other tests may lose messages too.
    const entry = (number: number) => page.locator("[data-letter]", { hasText: name(number) });
    await page.goto("/admin/messages");
    await entry(1).getByText("Content", { exact: true }).click();
    await entry(1)
      .getByText(`"requestId": "${name(1)}"`)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await entry(1).getByRole("button", { name: "Send again: index-video" }).click();
    await entry(1).waitFor({ state: "detached" });

    for (const number of [2, 3]) giveUp(name(number));
    await page.reload();
    await entry(3).waitFor();
    await page.getByRole("button", { name: "Send all again" }).click();
    for (const number of [2, 3]) await entry(number).waitFor({ state: "detached" });
    giveUp(name(4));
    await page.reload();
    await entry(4).waitFor();
    await page.getByRole("button", { name: "Delete all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete all" }).click();
    await entry(4).waitFor({ state: "detached" });
    const left = onCatalogue((catalog) =>
      catalog
        .prepare("SELECT count(*) AS count FROM dead_letters WHERE instr(body, ?) > 0")
        .get(name(0).slice(0, -1)),
    );
    expect(left).toEqual({ count: 0 });
    await page.close();
  },
);

test("an operator sees the current work, which refreshes itself, and failed tasks", async () => {
  const id = "Failed0000000000000001";
  onCatalogue((catalog) =>
    catalog
      .prepare(
        `INSERT INTO videos (id, owner_id, title, state, error_code, error_detail, created_at, updated_at)
         VALUES (?, ?, 'Torn tape', 'failed', 'torn_tape', 'The tape is torn.', 1, ?)`,
      )
      .run(id, video.creatorId, Date.now()),
  );
  const page = await pages.open(ADMIN, 390);
  await page.goto("/admin/work");
  const line = page.locator(`[data-failed="${id}"]`);
  await line.getByText("Torn tape").waitFor();
  await page.locator('[data-runner="local-0"]').waitFor();
  await page.locator('[data-error="torn_tape"]').getByText("1 failed video").waitFor();
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  }
  const listed = page.waitForResponse(/tasks\?list=failed/);
  await page.getByRole("combobox", { name: "Show tasks" }).selectOption("failed");
  expect((await listed).status()).toBe(200);
  onCatalogue((catalog) => catalog.prepare("DELETE FROM videos WHERE id = ?").run(id));
  // The page refreshes without a click.
  await line.waitFor({ state: "detached" });
  await page.close();
});

/** Changes the bytes that a creator has stored and the time that runners have worked for the creator today. */
function addUsage(creatorId: string, bytes: number, milliseconds: number): void {
  onCatalogue((catalog) => {
    catalog
      .prepare("UPDATE creator_usage SET bytes = bytes + ? WHERE owner_id = ?")
      .run(bytes, creatorId);
    catalog
      .prepare("UPDATE encode_usage SET milliseconds = milliseconds + ? WHERE owner_id = ?")
      .run(milliseconds, creatorId);
  });
}

test("an operator sees the cost of the month and the creators with the highest usage", async () => {
  const metrics = openLocalDatabase(inject("state"), METRICS);
  if (!metrics) throw new Error("The numbers have no file.");
  const now = Date.now();
  // No object has this name, so nothing else is counted for it.
  metrics
    .prepare(
      `INSERT OR REPLACE INTO days (at, metric, labels, bucket, n, total, peak)
       VALUES (?, 'object.requests', 'nothing', 0, 1, 11000000, 1)`,
    )
    .run(now - (now % 86_400_000));
  metrics.close();
  // More than all creators of other tests, who share the first pages of the lists with this one.
  addUsage(video.creatorId, 1e12, 1e9);
  onTestFinished(() => addUsage(video.creatorId, -1e12, -1e9));
  const page = await pages.open(ADMIN, 390);
  await page.goto("/admin/usage");
  const row = page.locator('[data-resource="object-requests"]');
  await row
    .getByRole("cell", { name: /^\$1\.5/ })
    .first()
    .waitFor();
  await page.locator(`[data-creator="${video.creatorId}"]`).waitFor();
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  }
  await page.getByRole("combobox", { name: "Sort by" }).selectOption({ label: "Encoding today" });
  await page.locator(`[data-creator="${video.creatorId}"]`).waitFor();
  await page.close();
});

test("an operator sees metrics as charts and tables, also on a phone, and silences an alert", async () => {
  const metrics = openLocalDatabase(inject("state"), METRICS);
  if (!metrics) throw new Error("The numbers have no file.");
  const MINUTE_MS = 60_000;
  const now = Date.now() - (Date.now() % MINUTE_MS);
  // No webhook is configured here, so nothing else is in this line.
  for (const minute of [1, 2, 3])
    metrics
      .prepare(
        `INSERT INTO minutes (at, metric, labels, bucket, n, total, peak)
         VALUES (?, 'deliveries', 'webhook,refused', 0, 777, 777, 1)`,
      )
      .run(now - minute * MINUTE_MS);
  // An alert that is over stays over, although the rules run in parallel with this test.
  metrics
    .prepare(
      `INSERT OR REPLACE INTO alerts (name, state, since, bad_since, value)
       VALUES ('gate-refusals', 'resolved', ?, ?, 0.5)`,
    )
    .run(now, now);
  metrics.close();

  const page = await pages.open(ADMIN, 390);
  await page.goto("/admin/metrics");
  const chart = page.locator('[data-chart="deliveries"]');
  await chart.locator("canvas").waitFor();
  // Its labels have the colour of the theme, and change with it.
  const lightPixels = () =>
    chart.locator("canvas").evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const context = (element as HTMLCanvasElement).getContext("2d")!;
      const { data } = context.getImageData(0, 0, width, height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (Math.min(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!) > 180) count += 1;
      return count;
    });
  await expect.poll(lightPixels).toBe(0);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expect.poll(lightPixels).toBeGreaterThan(20);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await chart.getByText("As a table").click();
  await chart.getByRole("columnheader", { name: "refused" }).waitFor();
  expect(await chart.getByRole("cell", { name: "777", exact: true }).count()).toBe(3);
  await page.getByText("Many requests for media are refused").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const alert = page.locator('[data-alert="gate-refusals"]');
  await alert.getByRole("button", { name: /^Silence for a day/ }).click();
  await alert.getByText("Silent until").waitFor();
  await alert.getByRole("button", { name: /^End silence/ }).click();
  await alert.getByText("Silent until").waitFor({ state: "detached" });
  await page.getByRole("combobox", { name: "Time" }).selectOption({ label: "7 days" });
  await page.locator('[data-chart="startup"]').waitFor();
  await page.close();
});
