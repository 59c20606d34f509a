import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { WIDTHS } from "../../scripts/product/site-pages.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { newId } from "../../workers/domain/id.ts";
import { MAX_TAGS, Video } from "../../workers/contract/videos.ts";
import { Playlist } from "../../workers/contract/playlists.ts";
import { expectAccessible } from "../support/product/accessible.ts";
import { bulk, expectDone, selectionBar } from "../support/product/bulk-edits.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const TITLES = ["A mistake", "Another mistake"];
const account = {
  name: "Ben Keeper",
  email: `${newId().toLowerCase()}@example.com`,
  password: "seven lamps over one sea",
};

let page: Page;
let folder: string;
const ids: string[] = [];

const api = new ApiClient(origin);

const box = (title: string) => page.getByRole("checkbox", { name: `Select ${title}`, exact: true });
const shown = () => page.locator(".video-line-title > a, .video-row-title > a").allTextContents();
const row = (title: string) => page.locator(".video-row", { hasText: title });

interface PlannedTime {
  iso: string;
  local: string;
}

const TOKYO_OFFSET_MS = 9 * 3_600_000;

/** A time in the format of a date and time field. */
const localTime = (at: number): string => new Date(at + TOKYO_OFFSET_MS).toISOString().slice(0, 16);

/** Confirms in the dialog. */
async function confirm(action: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-bin-"));
  const source = join(folder, "source.mp4");
  await generateSource(source, { seconds: 1, width: 160, height: 90 });
  await api.signIn(account);
  for (const title of TITLES) ids.push(await uploadFile(api, source, { title }, () => {}));
  page = await openKeptPage({
    baseURL: origin,
    viewport: { width: 390, height: 800 },
    reducedMotion: "reduce",
    timezoneId: "Asia/Tokyo",
  });
  page.setDefaultTimeout(120_000);
  await startSession(page, account);
});
afterAll(async () => {
  await closeKeptPages();
  await rm(folder, { recursive: true, force: true });
});

test("a deletion in My videos can be undone at once", async () => {
  await page.goto("/studio");
  await page.getByRole("button", { name: "Delete A mistake" }).click();
  await page.getByText("You can restore it from your bin for 30 days.").waitFor();
  await confirm("Delete");
  await row("A mistake").first().waitFor({ state: "detached" });
  await page.getByText("“A mistake” is in your bin.").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Delete A mistake" }).waitFor();
  expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
});

test("a scheduled video shows when it will be published", async () => {
  // Whole minutes in the time zone of the device, as in the fields.
  const [publishAt, unpublishAt] = [1, 2].map((days) => {
    const at = new Date(Date.now() + days * 86_400_000).setSeconds(0, 0);
    return { iso: new Date(at).toISOString(), local: localTime(at) };
  }) as [PlannedTime, PlannedTime];
  await page.goto(`/studio/${ids[0]}/access`);
  await page.getByLabel("Visibility").selectOption("private");
  await page.getByLabel("Publish at").fill(publishAt.local);
  await page.getByLabel("Make private at").fill(unpublishAt.local);
  await page.getByText("Time zone: Asia/Tokyo").first().waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await page.getByLabel("Make private at").waitFor();
  expect(await page.getByLabel("Publish at").inputValue()).toBe(publishAt.local);
  // Scrolled so that the header does not cover a part of a control. A key ends the page's return to where it was.
  await page.keyboard.press("Shift");
  await page.evaluate(() => scrollTo(0, 0));
  await expectAccessible(page);
  expect(await api.call("GET", `/v1/videos/${ids[0]}`)).toMatchObject({
    ...{ visibility: "private", publishAt: publishAt.iso, unpublishAt: unpublishAt.iso },
  });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/studio");
    const scheduled = page.locator(`[data-video-id="${ids[0]}"]`);
    await scheduled.getByText("Scheduled", { exact: true }).waitFor();
    await scheduled.getByText("This video becomes public on").waitFor();
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 390, height: 800 });
});

test("a video deleted on its own page is in the bin and can be restored", async () => {
  await page.goto(`/studio/${ids[0]}`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await confirm("Delete");
  await page.waitForURL("**/studio");
  await page.getByRole("button", { name: "Undo" }).waitFor();

  await page.getByRole("navigation", { name: "My videos" }).getByText("Bin").click();
  await page.getByRole("heading", { name: "Bin", level: 1 }).waitFor();
  await row("A mistake").getByText("Deleted for good in 30 days").waitFor();
  await page.getByText("count toward your storage").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Restore A mistake" }).click();
  await page.getByText("“A mistake” is back in My videos.").waitFor();
  await page.getByText("Your bin is empty").waitFor();
  await page.getByRole("navigation", { name: "My videos" }).getByText("Videos").click();
  await row("A mistake").first().waitFor();
});

test("videos are sorted, searched, edited and deleted in bulk, and restored with one click", async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/studio");
  const bar = selectionBar(page);
  const searchbox = page.getByRole("searchbox", { name: "Search your videos by title and tags" });
  await page.getByRole("button", { name: "Title" }).click();
  await page
    .getByRole("columnheader", { name: "Title" })
    .and(page.locator('[aria-sort="ascending"]'))
    .waitFor();
  expect(new URL(page.url()).search).toBe("?sort=title");
  await expect.poll(shown, { timeout: 60_000 }).toEqual(TITLES);
  await page.getByRole("button", { name: "Title" }).click();
  await expect.poll(shown, { timeout: 60_000 }).toEqual(TITLES.toReversed());

  await box("Another mistake").click();
  await box("A mistake").click({ modifiers: ["Shift"] });
  await bar.getByText("2 videos selected").waitFor();
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  await box("Another mistake").focus();
  await page.keyboard.press("Shift+ArrowDown");
  await bar.getByText("2 videos selected").waitFor();

  await bar.getByLabel("What to change").selectOption("Add tags");
  await bar.getByLabel("Tags", { exact: true }).fill("regatta");
  await bar.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Done for 2 of 2 videos.").waitFor();
  for (const width of WIDTHS)
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expectAccessible(page);
    }

  await searchbox.fill("REGATTA another");
  await page.waitForURL(/q=REGATTA\+another/);
  await expect.poll(shown, { timeout: 60_000 }).toEqual(["Another mistake"]);
  await page.reload();
  await expect.poll(shown, { timeout: 60_000 }).toEqual(["Another mistake"]);
  await page.goto("/studio?sort=title-desc");
  await box("Another mistake").click();
  await bar.getByLabel("What to change").selectOption("Visibility");
  await bar.getByLabel("Visibility", { exact: true }).selectOption("unlisted");
  await bar.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Done for 1 of 1 video.").waitFor();
  const filters = page.getByRole("search", { name: "Search and filters" });
  const filter = (name: string) => filters.getByLabel(name, { exact: true });
  await filter("Visibility").selectOption("unlisted");
  await expect.poll(shown, { timeout: 60_000 }).toEqual(["Another mistake"]);
  await filter("Visibility").selectOption("private");
  await expect.poll(shown, { timeout: 60_000 }).toEqual(["A mistake"]);
  await filter("From").fill("2099-01-01");
  await page.getByText("No videos match").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await page.waitForURL((url) => !url.search.includes("from"));
  await filters.getByRole("button", { name: "With problems" }).click();
  await page.getByText("No videos match").waitFor();
  await filters.getByRole("button", { name: "With problems" }).click();
  await expect.poll(shown, { timeout: 60_000 }).toEqual(TITLES.toReversed());
  await searchbox.fill("nothing like it");
  await page.getByText("No videos match").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await expect.poll(shown, { timeout: 60_000 }).toEqual(TITLES.toReversed());

  await page.getByRole("checkbox", { name: "Select all on this page" }).click();
  await bar.getByLabel("What to change").selectOption("Delete");
  await bar.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("You can restore").waitFor();
  await confirm("Delete");
  await page.getByText("2 videos are in your bin.").waitFor();
  await page.getByText("No videos yet").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(shown, { timeout: 60_000 }).toEqual(TITLES.toReversed());
  await page.setViewportSize({ width: 390, height: 800 });
  await row("A mistake").first().waitFor();
});

test.each([
  { width: 1440, category: "music", language: "fr", downloads: "on" },
  { width: 390, category: "film", language: "de", downloads: "off" },
])("at $width px each bulk edit shows the result for each video", async ({ width, ...wanted }) => {
  const title = `Log of ${width}`;
  const { id: listId } = Playlist.parse(await api.call("POST", "/v1/playlists", { title }));
  const many = Array.from({ length: MAX_TAGS }, (_, index) => `knot ${index}`);
  await api.call("PATCH", `/v1/videos/${ids[0]}`, { tags: many });
  await page.setViewportSize({ width, height: 900 });
  await page.goto("/studio?sort=title");
  await page.getByRole("checkbox", { name: "Select all on this page" }).click();
  await bulk(page, "Category", wanted.category);
  await expectDone(page, 2, TITLES);
  await bulk(page, "Language", wanted.language);
  await expectDone(page, 2, TITLES);
  await bulk(page, "Downloads", wanted.downloads);
  await expectDone(page, 2, TITLES);
  await bulk(page, "Add to a playlist", listId, "Playlist");
  await expectDone(page, 2, TITLES);
  await bulk(page, "Add tags", `mooring ${width}`, "Tags");
  await page.getByText(`A mistake: A video can have at most ${MAX_TAGS} tags.`).waitFor();
  await expectAccessible(page);
  await expectDone(page, 2, ["Another mistake"]);
  await bulk(page, "Remove tags", "knot 1", "Tags");
  await expectDone(page, 2, TITLES);
  const { category, language } = wanted;
  for (const id of ids) {
    const video = Video.parse(await api.call("GET", `/v1/videos/${id}`));
    expect(video).toMatchObject({
      ...{ category, language, downloadsEnabled: wanted.downloads === "on" },
    });
  }
  await page.goto(`/studio?sort=title&playlist=${listId}`);
  await expect.poll(shown, { timeout: 60_000 }).toEqual(TITLES);
});

test("a failed video is found by its problem, deleted, and restored from the bin at every width", async () => {
  const wreck = join(folder, "wreck.mp4");
  await writeFile(wreck, `\0\0\0\x20ftypisom${"not a video ".repeat(900)}`);
  const id = await uploadFile(api, wreck, { title: "A wreck" }, () => {});
  const state = async () => Video.parse(await api.call("GET", `/v1/videos/${id}`)).state;
  await expect.poll(state, { timeout: 240_000 }).toBe("failed");
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/studio");
    await page.getByRole("button", { name: "With problems" }).click();
    await page.waitForURL(/problems/);
    await expect.poll(shown, { timeout: 60_000 }).toEqual(["A wreck"]);
    await expectAccessible(page);
    await box("A wreck").click();
    await selectionBar(page).getByLabel("What to change").selectOption("Delete");
    await selectionBar(page).getByRole("button", { name: "Delete" }).click();
    await confirm("Delete");
    await page.getByText("“A wreck” is in your bin.").waitFor();
    await page.goto("/studio/bin");
    await page.getByRole("button", { name: "Restore A wreck" }).click();
    await page.getByText("“A wreck” is back in My videos.").waitFor();
    await page.getByText("Your bin is empty").waitFor();
  }
  await api.call("DELETE", `/v1/videos/${id}`);
});

test("a video is permanently deleted, and the bin is emptied", async () => {
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
