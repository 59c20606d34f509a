import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { settled, signIn } from "../../scripts/product/site-pages.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { newId } from "../../workers/domain/id.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const TITLES = ["A mistake", "Another mistake"];
const account = {
  name: "Ben Keeper",
  email: `${newId().toLowerCase()}@example.com`,
  password: "seven lamps over one sea",
};

let browser: Browser;
let page: Page;
let folder: string;
const ids: string[] = [];

const row = (title: string) => page.locator(".video-row", { hasText: title });

async function expectAccessible(): Promise<void> {
  await settled(page);
  expect(await violations(page)).toEqual([]);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
}

/** Confirms in the dialog that asks. */
async function confirm(action: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-bin-"));
  const source = join(folder, "source.mp4");
  await generateSource(source, { seconds: 1, width: 160, height: 90 });
  const api = new ApiClient(origin);
  await api.signIn(account);
  for (const title of TITLES) ids.push(await uploadFile(api, source, { title }, () => {}));
  browser = await launchBrowser();
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 390, height: 800 },
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
  await signIn(page, account);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a deletion in My videos can be undone at once", async () => {
  await page.goto("/studio");
  await page.getByRole("button", { name: "Delete A mistake" }).click();
  await page.getByText("You can restore it from your bin for 30 days.").waitFor();
  await confirm("Delete");
  await row("A mistake").first().waitFor({ state: "detached" });
  await page.getByText("“A mistake” is in your bin.").waitFor();
  await expectAccessible();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Delete A mistake" }).waitFor();
  expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
});

test("a video that was deleted on its own page waits in the bin, and is restored from there", async () => {
  await page.goto(`/studio/${ids[0]}`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await confirm("Delete");
  await page.waitForURL("**/studio");
  await page.getByRole("button", { name: "Undo" }).waitFor();

  await page.getByRole("navigation", { name: "My videos" }).getByText("Bin").click();
  await page.getByRole("heading", { name: "Bin", level: 1 }).waitFor();
  await row("A mistake").getByText("Deleted for good in 30 days").waitFor();
  await page.getByText("count toward your storage").waitFor();
  await expectAccessible();
  await page.getByRole("button", { name: "Restore A mistake" }).click();
  await page.getByText("“A mistake” is back in My videos.").waitFor();
  await page.getByText("Your bin is empty").waitFor();
  await page.getByRole("navigation", { name: "My videos" }).getByText("Videos").click();
  await row("A mistake").first().waitFor();
});

test("a video is deleted for good, and the bin is emptied", async () => {
  await page.goto("/studio");
  for (const title of TITLES) {
    await page.getByRole("button", { name: `Delete ${title}` }).click();
    await confirm("Delete");
    await page.getByText(`“${title}” is in your bin.`).waitFor();
  }
  await page.goto("/studio/bin");
  await page.getByRole("button", { name: "Delete for good: A mistake" }).click();
  await confirm("Delete for good");
  await page.getByText("“A mistake” is deleted for good.").waitFor();
  await row("Another mistake").waitFor();
  await page.getByRole("button", { name: "Empty bin" }).click();
  await confirm("Empty bin");
  await page.getByText("Your bin is empty").waitFor();
  await page.goto("/studio");
  await page.getByText("No videos yet").waitFor();
});
