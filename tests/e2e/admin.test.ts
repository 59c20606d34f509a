import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { CATALOG, METRICS, openLocalDatabase } from "../../scripts/dev/local-databases.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { signIn } from "../../scripts/product/site-pages.ts";
import { ADMIN, signInAsAdmin } from "../support/product/admin-account.ts";
import { isTooWide } from "../support/product/page-audit.ts";
import { collectErrors } from "../support/product/page-errors.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const TITLE = "Lighthouse in fog";
/** For what the server does by itself. */
const TIMEOUT_MS = 180_000;

let browser: Browser;
let folder: string;
let video: PublishedVideo;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-admin-"));
  await signInAsAdmin();
  video = await publishVideo(origin, folder, TITLE);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the pages of a test have thrown. */
let errors: (() => string[])[] = [];
afterEach(() => {
  const [first] = errors.flatMap((read) => read());
  errors = [];
  if (first !== undefined) throw new Error(`The page threw: ${first}`);
});

async function openPage(account: typeof ADMIN, width = 1440): Promise<Page> {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ baseURL: origin, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  errors.push(collectErrors(page));
  await signIn(page, account);
  return page;
}

/** Sends a report as a visitor without an account. */
async function report(reason: string, text: string): Promise<void> {
  const response = await fetch(`${origin}/v1/videos/${video.id}/reports`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reason, text }),
  });
  expect(response.status).toBeLessThan(300);
}

test("an admin sees from the menu whether everything answers, and others are told that it is not for them", async () => {
  const page = await openPage(ADMIN);
  await page.goto("/");
  await page.getByRole("button", { name: /Account menu|Ada Quay/ }).click();
  await page.getByRole("link", { name: "Administration" }).click();
  // Other tests may have caused an alert.
  await page.getByText("Everything answers").waitFor();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.locator(".admin-part[data-part] .badge-good").count()).toBe(6);
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  }
  await page.context().close();

  const other = await openPage(video.account, 390);
  await other.goto("/admin");
  await other.getByRole("heading", { name: "Not for your role" }).waitFor();
  await other.context().close();
});

test("a runner of the site is listed, and a token for another one is issued and revoked", async () => {
  const page = await openPage(ADMIN, 390);
  await page.goto("/admin/runners");
  await page.getByText("local-0").waitFor();
  await page.getByLabel("Where the runner is").fill("Attic");
  await page.getByRole("button", { name: "Create token" }).click();
  const command = page.getByLabel("Command", { exact: true });
  expect(await command.inputValue()).toMatch(/^npm run runner -- --url http\S+ --token kinora_rt_/);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Revoke “Attic”?" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText("Attic", { exact: true }).waitFor({ state: "detached" });
  await page.context().close();
});

test("an admin suspends a creator, whose video is gone and who is signed out, and ends that on a phone", async () => {
  const { email, name } = video.account;
  const creator = await openPage(video.account, 390);
  const page = await openPage(ADMIN);
  await page.goto("/admin/accounts");
  await page.getByLabel("Name, email address or id").fill(email);
  await page.locator("form.copy").getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByLabel("Uploads per day").fill("30");
  await page.getByRole("button", { name: "Save limits" }).click();
  await page.getByText("Saved.").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Reason").fill("Copies of others.");
  await page.getByRole("button", { name: "Suspend account" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend account" }).click();
  await page.getByText(`${email} is suspended since`).waitFor();
  await page.getByText("Not signed in anywhere.").waitFor();

  const status = async () => (await fetch(`${origin}/v1/videos/${video.id}`)).status;
  await expect.poll(status).toBe(404);
  const viewer = await browser.newPage({ baseURL: origin });
  await viewer.goto(`/watch/${video.id}`);
  await viewer.getByRole("heading", { name: "Not found" }).waitFor();
  await viewer.close();
  await creator.goto("/studio");
  await creator.getByRole("heading", { name: "Sign in to continue" }).waitFor();
  await creator.goto("/sign-in");
  await creator.getByLabel("Email").fill(email);
  await creator.getByLabel("Password").fill(video.account.password);
  await creator.getByRole("button", { name: "Sign in", exact: true }).click();
  await creator.getByText("This account is suspended.").waitFor();

  await page.setViewportSize({ width: 390, height: 900 });
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole("button", { name: "End suspension" }).click();
  await page.getByRole("button", { name: "Suspend account" }).waitFor();
  await expect.poll(status).toBe(200);
  await signIn(creator, video.account);
  await creator.goto("/studio");
  await creator.getByRole("link", { name: TITLE }).first().waitFor();
  await creator.context().close();
  await page.context().close();
});

test("of two reports one is dismissed, and by the other the video is hidden until an appeal restores it", async () => {
  await report("spam", "Only advertising.");
  const page = await openPage(ADMIN);
  await page.goto("/admin/reports");
  await page.getByText("Only advertising.").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: `Dismiss: ${TITLE}` }).click();
  await page.getByRole("heading", { name: "No open reports" }).waitFor();

  await report("dangerous", "Shows how to wreck a ship.");
  await page.reload();
  await page.getByText("Shows how to wreck a ship.").waitFor();
  await page.getByRole("button", { name: `Hide video: ${TITLE}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Hide video", exact: true }).click();
  await page.getByRole("heading", { name: "No open reports" }).waitFor();
  const isThere = async () => (await fetch(`${origin}/v1/videos/${video.id}`)).ok;
  expect(await isThere()).toBe(false);

  // Its creator sees it on a phone, and appeals.
  const creator = await openPage(video.account, 390);
  await creator.goto(`/studio/${video.id}`);
  await creator.getByText("Hidden by a moderator").waitFor();
  expect(await violations(creator)).toEqual([]);
  await creator.getByRole("button", { name: "Appeal", exact: true }).click();
  await creator.getByLabel("Why is it wrong?").fill("The ship was a model.");
  expect(await violations(creator)).toEqual([]);
  await creator.getByRole("button", { name: "Send appeal" }).click();
  await creator.getByText("The appeal waits for a moderator.").waitFor();

  await page.goto("/admin/moderation");
  const appeal = page.locator("[data-appeal]");
  await appeal.getByText("The ship was a model.").waitFor();
  await appeal.getByRole("button", { name: `Look: ${TITLE}` }).click();
  await appeal.locator("media-controller:defined video").waitFor();
  await appeal.getByText(/^By Ada Quay/).waitFor();
  expect(await violations(page)).toEqual([]);
  await appeal.getByLabel("Message to the creator (optional)").fill("You are right.");
  await appeal.getByRole("button", { name: `Restore: ${TITLE}` }).click();
  await appeal.waitFor({ state: "detached" });
  expect(await isThere()).toBe(true);
  await creator.goto("/studio/moderation");
  await creator.getByText("You are right.").waitFor();
  expect(await creator.evaluate(() => document.documentElement.scrollWidth)).toBeLessThan(391);
  await creator.context().close();

  // All of it stands in the audit log.
  await page.goto("/admin/audit");
  await page.getByLabel("Id of what it was done to").fill(video.id);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const entry = page.locator('[data-audit="reports.hide-video"]');
  await entry.getByText("Details").click();
  await entry.getByText('"dangerous"').waitFor();
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByText(/entries are as written/).waitFor();
  expect(await violations(page)).toEqual([]);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  expect(await readFile(await (await saved).path(), "utf8")).toContain("reports.hide-video");
  await page.context().close();
});

/** Runs statements on the catalogue of the running product. */
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
  "messages that a queue has given up are read, and sent again one by one or all at once, at %d px",
  async (width) => {
    giveUp("request-1");
    const page = await openPage(ADMIN, width);
    await page.goto("/admin/messages");
    await page.getByText("Content", { exact: true }).click();
    await page.getByText('"requestId": "request-1"').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.getByRole("button", { name: "Send again: index-video" }).click();
    await page.getByRole("heading", { name: "No lost messages" }).waitFor();

    for (const request of ["request-2", "request-3"]) giveUp(request);
    await page.reload();
    await page.getByRole("button", { name: "Send all again" }).click();
    await page.getByRole("heading", { name: "No lost messages" }).waitFor();
    giveUp("request-4");
    await page.reload();
    await page.getByRole("button", { name: "Delete all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete all" }).click();
    await page.getByRole("heading", { name: "No lost messages" }).waitFor();
    const left = onCatalogue((catalog) =>
      catalog.prepare("SELECT count(*) AS count FROM dead_letters").get(),
    );
    expect(left).toEqual({ count: 0 });
    await page.context().close();
  },
);

test("an operator sees the work of this moment, which refreshes itself, and what has failed", async () => {
  const id = "Failed0000000000000001";
  onCatalogue((catalog) =>
    catalog
      .prepare(
        `INSERT INTO videos (id, owner_id, title, state, error_code, error_detail, created_at, updated_at)
         VALUES (?, ?, 'Torn tape', 'failed', 'torn_tape', 'The tape is torn.', 1, ?)`,
      )
      .run(id, video.creatorId, Date.now()),
  );
  const page = await openPage(ADMIN, 390);
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
  // Without a click.
  await line.waitFor({ state: "detached" });
  await page.context().close();
});

test("an operator sees what the month costs and who uses most", async () => {
  const metrics = openLocalDatabase(inject("state"), METRICS);
  if (!metrics) throw new Error("The numbers have no file.");
  const now = Date.now();
  // No object has this name, so that nothing else is counted for it.
  metrics
    .prepare(
      `INSERT OR REPLACE INTO days (at, metric, labels, bucket, n, total, peak)
       VALUES (?, 'object.requests', 'nothing', 0, 1, 11000000, 1)`,
    )
    .run(now - (now % 86_400_000));
  metrics.close();
  const page = await openPage(ADMIN, 390);
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
  await page.context().close();
});

test("numbers are charts and tables, also on a phone, and an alert is silenced", async () => {
  const metrics = openLocalDatabase(inject("state"), METRICS);
  if (!metrics) throw new Error("The numbers have no file.");
  const MINUTE_MS = 60_000;
  const now = Date.now() - (Date.now() % MINUTE_MS);
  // No webhook is set up here, so that nothing else is in this line.
  for (const minute of [1, 2, 3])
    metrics
      .prepare(
        `INSERT INTO minutes (at, metric, labels, bucket, n, total, peak)
         VALUES (?, 'deliveries', 'webhook,refused', 0, 777, 777, 1)`,
      )
      .run(now - minute * MINUTE_MS);
  // One that is over stays so: the rules run beside this test.
  metrics
    .prepare(
      `INSERT OR REPLACE INTO alerts (name, state, since, bad_since, value)
       VALUES ('gate-refusals', 'resolved', ?, ?, 0.5)`,
    )
    .run(now, now);
  metrics.close();

  const page = await openPage(ADMIN, 390);
  await page.goto("/admin/metrics");
  const chart = page.locator('[data-chart="deliveries"]');
  await chart.locator("canvas").waitFor();
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
  await page.context().close();
});
