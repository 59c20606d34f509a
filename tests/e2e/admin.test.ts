import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { ADMIN, signInAsAdmin } from "../support/product/admin-account.ts";
import { AccountPages, saveSettings } from "../support/product/admin-pages.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { isTooWide } from "../support/product/page-audit.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const TITLE = "Lighthouse in fog";

const pages = new AccountPages();
let folder: string;
let video: PublishedVideo;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-admin-"));
  await signInAsAdmin();
  video = await publishVideo(origin, folder, TITLE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await closeKeptPages();
  pages.expectNoErrors();
});

/** Reports the video on its page, as a visitor with a phone and without an account. */
async function report(reason: string, text: string): Promise<void> {
  const visitor = await openKeptPage({
    baseURL: origin,
    viewport: { width: 390, height: 800 },
    reducedMotion: "reduce",
  });
  visitor.setDefaultTimeout(180_000);
  await visitor.goto(`/watch/${video.id}`);
  await visitor.getByRole("button", { name: "Report", exact: true }).click();
  const dialog = visitor.getByRole("dialog", { name: "Report this video" });
  await dialog.getByLabel("What is the problem?").selectOption(reason);
  await dialog.getByLabel("Details").fill(text);
  await dialog.getByRole("button", { name: "Report", exact: true }).click();
  await dialog.getByText("Thank you. A moderator will review this video.").waitFor();
  await visitor.close();
}

test("an admin sees the site's health in the menu, and other accounts are refused", async () => {
  const page = await pages.open(ADMIN);
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
  // METRICS does not answer.
  await page.route("**/v1/admin/alerts", (route) => route.fulfill({ status: 503, body: "" }));
  await page.reload();
  await page.getByText("alerts cannot be read").waitFor();
  await page.close();

  const other = await pages.open(video.account, 390);
  await other.goto("/admin");
  await other.getByRole("heading", { name: "No access" }).waitFor();
  await other.close();
});

test("a runner of the site is listed, and a token for another one is issued and revoked", async () => {
  const page = await pages.open(ADMIN, 390);
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
  await page.close();
});

test("an admin suspends a creator, who is signed out and whose video is hidden, and lifts the suspension on a phone", async () => {
  const { email, name } = video.account;
  const creator = await pages.open(video.account, 390);
  const page = await pages.open(ADMIN);
  await page.goto("/admin/accounts");
  await page.getByLabel("Name, email address or id").fill(email);
  await page.locator("form.copy").getByRole("button", { name: "Search" }).click();
  // Until the response arrives, all accounts of the shared site are listed, many with the same name.
  const found = page.getByRole("listitem").filter({ hasText: email });
  await found.getByRole("link", { name, exact: true }).click();
  await page.getByLabel("Uploads per day").fill("30");
  await page.getByRole("button", { name: "Save limits" }).click();
  await page.getByText("Saved.").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Reason").fill("Copies of others.");
  await page.getByRole("button", { name: "Suspend account" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend account" }).click();
  await page.getByText(`${email} has been suspended since`).waitFor();
  await page.getByText("Not signed in anywhere.").waitFor();

  const status = async () => (await fetch(`${origin}/v1/videos/${video.id}`)).status;
  await expect.poll(status).toBe(404);
  const viewer = await openKeptPage({ baseURL: origin });
  await viewer.goto(`/watch/${video.id}`);
  await viewer.getByRole("heading", { name: "Not found" }).waitFor();
  await viewer.getByRole("link", { name: "Go to the home page" }).waitFor();
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
  await startSession(creator, video.account);
  await creator.goto("/studio");
  await creator.getByRole("link", { name: TITLE }).first().waitFor();
  await creator.close();
  await page.close();
});

test("an admin adds a category that is searchable at once, and removes it on a phone", async () => {
  // Each category has a name of its own, and an earlier attempt may have left one.
  const name = `Harbours ${Date.now()}`;
  const page = await pages.open(ADMIN);
  await page.goto("/admin/settings");
  await page.getByLabel("New category").fill(name);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  expect(await violations(page)).toEqual([]);
  await saveSettings(page);
  await page.goto("/search");
  const choice = page.getByRole("combobox", { name: "Category" }).locator("option");
  await choice.filter({ hasText: name }).waitFor({ state: "attached" });

  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto("/admin/settings");
  await page.getByRole("checkbox", { name: `Offer ${name}` }).uncheck();
  expect(await violations(page)).toEqual([]);
  expect(await isTooWide(page)).toBe(false);
  await saveSettings(page);
  const offered = async () => (await fetch(`${origin}/v1/categories`)).text();
  await expect.poll(offered, { timeout: 60_000 }).not.toContain(name);
  await page.close();
});

test("an admin sets a logo and a limit in a chosen unit, and sees an error for unusable input", async () => {
  const page = await pages.open(ADMIN, 390);
  await page.goto("/admin/settings");
  const logo = page.getByLabel("Logo", { exact: true });
  const refusal = page.getByText("Your browser cannot read this file as an image.");
  const buffer = Buffer.from("Not an image.");
  await logo.setInputFiles({ name: "notes.png", mimeType: "image/png", buffer });
  await refusal.waitFor();
  expect(await violations(page)).toEqual([]);
  // The logo has the size of the site's own, so that nothing moves on pages that others have open.
  const clip = { x: 0, y: 0, width: 48, height: 64 };
  const picture = await page.screenshot({ clip });
  await logo.setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: picture });
  await page.getByRole("img", { name: "Current logo" }).waitFor();
  await refusal.waitFor({ state: "detached" });

  const largest = page.getByLabel("Largest file");
  expect(await largest.inputValue()).toBe("53.7 GB");
  await largest.fill("1,000");
  await page.getByRole("button", { name: "Save settings" }).click();
  const complaint = () =>
    largest.evaluate((input) => (input as HTMLInputElement).validationMessage);
  expect(await complaint()).toContain("Enter a size such as");
  await largest.fill("50 GB");
  // Zero days would delete at once, so an empty field is not zero.
  const days = page.getByLabel("Days in the bin");
  await days.fill("");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("Your changes to the settings are not saved.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect(await days.evaluate((input) => (input as HTMLInputElement).validity.valid)).toBe(false);
  await days.fill("30");
  expect(await violations(page)).toEqual([]);
  expect(await isTooWide(page)).toBe(false);
  await saveSettings(page);
  expect(await largest.inputValue()).toBe("50 GB");
  const site = async () => (await fetch(`${origin}/v1/site`)).text();
  await expect.poll(site).toContain("/v1/site/logo");

  for (const width of [390, 1440]) {
    const visitor = await openKeptPage({ baseURL: origin, viewport: { width, height: 800 } });
    visitor.setDefaultTimeout(180_000);
    await visitor.goto("/");
    const image = visitor.locator("header .wordmark img");
    await image.waitFor();
    const pixels = () => image.evaluate((element) => (element as HTMLImageElement).naturalWidth);
    await expect.poll(pixels).toBe(48);
    // At the next visit it has its width before it arrives, which it never does here.
    await visitor.route("**/v1/site/logo*", () => undefined);
    await visitor.reload({ waitUntil: "commit" });
    await image.waitFor();
    expect((await image.boundingBox())?.width).toBe(24);
    await visitor.close();
  }
  await page.getByRole("button", { name: "Remove logo" }).click();
  // The default value of a deployment.
  await largest.fill("50 GiB");
  await saveSettings(page);
  await page.locator("header .wordmark svg").waitFor();
  await page.close();
});

test("a moderator dismisses one report and hides a video for another until an appeal restores it", async () => {
  await report("spam", "Only advertising.");
  const page = await pages.open(ADMIN);
  await page.goto("/admin/reports");
  const reported = page.getByRole("listitem").filter({ hasText: "Only advertising." });
  await reported.getByRole("button", { name: `Preview: ${TITLE}` }).click();
  await reported.locator("media-controller:defined video").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: `Dismiss: ${TITLE}` }).click();
  await page.getByText("Only advertising.").waitFor({ state: "detached" });

  await report("dangerous", "Shows how to wreck a ship.");
  await page.reload();
  await page.getByText("Shows how to wreck a ship.").waitFor();
  // A message does not change the video.
  await page.getByRole("button", { name: `Decide about ${TITLE}` }).click();
  const ruling = page.getByRole("dialog", { name: `Decide about “${TITLE}”` });
  await ruling.getByLabel("Action").selectOption("message");
  await ruling.getByLabel("Message to the creator", { exact: true }).fill("Is this a real ship?");
  expect(await violations(page)).toEqual([]);
  await ruling.getByRole("button", { name: "Decide", exact: true }).click();
  await ruling.waitFor({ state: "detached" });
  await page.getByRole("button", { name: `Hide video: ${TITLE}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Hide video", exact: true }).click();
  await page.getByText("Shows how to wreck a ship.").waitFor({ state: "detached" });
  const isThere = async () => (await fetch(`${origin}/v1/videos/${video.id}`)).ok;
  expect(await isThere()).toBe(false);

  // The creator sees it on a phone and appeals.
  const creator = await pages.open(video.account, 390);
  await creator.goto(`/studio/${video.id}`);
  await creator.getByText("Hidden by a moderator").waitFor();
  expect(await violations(creator)).toEqual([]);
  await creator.getByRole("button", { name: "Appeal", exact: true }).click();
  await creator.getByLabel("Why is it wrong?").fill("The ship was a model.");
  expect(await violations(creator)).toEqual([]);
  await creator.getByRole("button", { name: "Send appeal" }).click();
  await creator.getByText("The appeal is waiting for a moderator.").waitFor();

  await page.goto("/admin/moderation");
  const appeal = page.locator("[data-appeal]", { hasText: TITLE });
  await appeal.getByText("The ship was a model.").waitFor();
  await appeal.getByRole("button", { name: `Preview: ${TITLE}` }).click();
  await appeal.locator("media-controller:defined video").waitFor();
  await appeal
    .getByText(/^By Ada Quay/)
    .first()
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await appeal.getByLabel("Message to the creator (optional)").fill("You are right.");
  await appeal.getByRole("button", { name: `Restore: ${TITLE}` }).click();
  await appeal.waitFor({ state: "detached" });
  expect(await isThere()).toBe(true);
  await creator.goto("/studio/moderation");
  await creator.getByText("You are right.").waitFor();
  await creator.getByText("Is this a real ship?").waitFor();
  expect(await creator.evaluate(() => document.documentElement.scrollWidth)).toBeLessThan(391);
  await creator.close();

  // The audit log contains all of it.
  await page.goto("/admin/audit");
  await page.getByLabel("Target id").fill(video.id);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const entry = page.locator('[data-audit="reports.hide-video"]');
  await entry.getByText("Details").click();
  await entry.getByText('"dangerous"').waitFor();
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByText(/entries are unchanged/).waitFor();
  expect(await violations(page)).toEqual([]);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  expect(await readFile(await (await saved).path(), "utf8")).toContain("reports.hide-video");
  await page.close();
});
