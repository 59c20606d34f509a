import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { publishVideo } from "../../scripts/product/published-video.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const TIMEOUT_MS = 30_000;

let context: BrowserContext;
let folder: string;
let videoId = "";
/** Other sites, whose only page embeds the video. */
let embeddingSites: Server[] = [];

async function startEmbeddingSite(id: string): Promise<Server> {
  const page = `<!doctype html><iframe src="${origin}/embed/${id}?autoplay=1" allow="autoplay"></iframe>`;
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
function originOf(site: Server): string {
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-rules-"));
  const video = await publishVideo(origin, folder, "Only on our pages");
  videoId = video.id;
  embeddingSites = await Promise.all([startEmbeddingSite(videoId), startEmbeddingSite(videoId)]);
  const page = await openKeptPage({ baseURL: origin });
  context = page.context();
  await startSession(page, video.account);
});
afterAll(async () => {
  await closeKeptPages();
  for (const site of embeddingSites) site.close();
  await rm(folder, { recursive: true, force: true });
});

async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  expect(await violations(page)).toEqual([]);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
}

/** The embedded player plays on the allowed site. */
async function expectPlayingOn(site: Server): Promise<void> {
  const page = await context.newPage();
  await page.goto(originOf(site));
  await page
    .frameLocator("iframe")
    .locator("video")
    .evaluate((media: HTMLVideoElement) => {
      if (media.currentTime > 0) return;
      return new Promise((done) => media.addEventListener("timeupdate", done, { once: true }));
    });
  await page.close();
}

test("the tabs of a video are saved together, and leaving with unsaved changes asks first", async () => {
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`/studio/${videoId}`);
  await page.getByLabel("Description").fill("Boats, renamed.");
  await page.getByText("Unsaved changes").waitFor();
  // A reload asks first and loses nothing.
  const question = page.waitForEvent("dialog");
  const reloaded = page.reload();
  await (await question).accept();
  await reloaded;
  await page.getByText("Unsaved changes").waitFor();
  const tabs = page.getByRole("navigation", { name: "Parts of this video" });
  await tabs.getByRole("link", { name: "Access" }).click();
  await page.getByLabel("Countries", { exact: true }).selectOption("All except these countries");
  await page.getByLabel("Country codes").fill(" ");
  await tabs.getByRole("link", { name: "Thumbnail" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  // The tab with the error opens and shows it.
  await page.getByText("Enter at least one country code.").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Countries", { exact: true }).selectOption("All countries");
  await page.getByLabel("Visibility").selectOption("unlisted");

  await page.getByRole("main").getByRole("link", { name: "My videos" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor({ timeout: TIMEOUT_MS });
  await page.reload();
  expect(await page.getByLabel("Visibility").inputValue()).toBe("unlisted");
  await tabs.getByRole("link", { name: "Details" }).click();
  expect(await page.getByLabel("Description").inputValue()).toBe("Boats, renamed.");
  await page.close();
});

test("a creator adds chapters on the storyboard, and viewers see them", async () => {
  const page = await context.newPage();
  await page.goto(`/studio/${videoId}/chapters`);
  await page.getByRole("slider", { name: /^Frame at/ }).fill("4");
  await page.getByRole("button", { name: "Add a chapter at 0:04" }).click();
  await page.getByLabel("Title of chapter 1").fill("Harbour");
  await page.getByLabel("Title of chapter 2").fill("Storm");
  await page.getByRole("slider", { name: "Start of “Storm”" }).press("ArrowRight");
  const start = page.getByLabel("Start of chapter 2");
  await expect.poll(() => start.inputValue()).toBe("0:05");
  await start.fill("0:99");
  await page.getByText("Enter a time, such as 1:05.").waitFor();
  await expectAccessible(page);
  await start.fill("0:06");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor({ timeout: TIMEOUT_MS });
  // Nothing is unsaved here, so that no bar covers a part of the list.
  await page.setViewportSize({ width: 390, height: 800 });
  await page.reload();
  await start.waitFor();
  await expectAccessible(page);
  await page.goto(`/watch/${videoId}`);
  await page.getByRole("region", { name: "Chapters" }).getByText("Storm").waitFor();
  await page.close();
});

test("a creator sees a preview of the part of an image that becomes the thumbnail, and then the thumbnail", async () => {
  const page = await context.newPage();
  await page.goto(`/studio/${videoId}/thumbnail`);
  await page.getByRole("list", { name: "Frames to choose from" }).waitFor();
  const before = await thumbnailOf(page);
  const file = page.getByLabel("Picture file");
  await file.setInputFiles({
    name: "boats.png",
    mimeType: "image/png",
    buffer: Buffer.from("not a picture"),
  });
  await page.getByText("Choose a JPEG, PNG, WebP or AVIF file.").waitFor();
  await file.setInputFiles(join(import.meta.dirname, "../../web/public/icon-512.png"));
  await page.getByLabel("Part that is shown").fill("0.2");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Use this picture" }).click();
  await page.getByText("The new thumbnail is being created.").waitFor();
  await untilThumbnailIsNew(page, before);
  await page.close();
});

test("a creator chooses any second of a video as its thumbnail and sees it at once", async () => {
  const page = await context.newPage();
  await page.goto(`/studio/${videoId}/thumbnail`);
  const frames = page.getByRole("region", { name: "A frame of the video" });
  const offered = frames.getByRole("list", { name: "Frames to choose from" }).getByRole("button");
  await offered.nth(2).click();
  await offered.nth(2).and(page.locator("[aria-pressed=true]")).waitFor();
  await frames.getByRole("slider").fill("6");
  // The image is visible before it is chosen.
  await frames.getByRole("img", { name: "Frame at 0:06" }).waitFor();
  await expectAccessible(page);
  const before = await thumbnailOf(page);
  // From now on the preview shows nothing else.
  const shown = await page.evaluateHandle(() => {
    const found: string[] = [];
    const preview = document.querySelector(".studio-side")!;
    const note = () => found.push(preview.querySelector("img")?.getAttribute("src") ?? "");
    const changes = { subtree: true, childList: true, attributes: true };
    new MutationObserver(note).observe(preview, changes);
    return found;
  });
  await frames.getByRole("button", { name: "Use this frame" }).click();
  await frames.getByText("The new thumbnail is being created.").waitFor();
  await untilThumbnailIsNew(page, before);
  // Until the thumbnail was made, the frame was shown in its place.
  expect((await shown.jsonValue()).some((src) => src.startsWith("data:image/jpeg"))).toBe(true);
  await page.close();
});

/** The file of the thumbnail that the preview shows: a video that is not public gets another token in each response. */
async function thumbnailOf(page: Page): Promise<string | undefined> {
  const poster = page.getByRole("complementary", { name: "Preview" }).locator("img").first();
  return (await poster.getAttribute("src"))?.split("/files/")[1];
}

/** The chosen frame is shown in place of the thumbnail until it is made. */
async function untilThumbnailIsNew(page: Page, before: string | undefined): Promise<void> {
  await page.waitForFunction(
    (old) => {
      const file = document.querySelector("aside img")?.getAttribute("src")?.split("/files/")[1];
      return file !== undefined && file !== old;
    },
    before,
    { timeout: 120_000 },
  );
}

test("a creator allows one site to embed a video, and browsers block every other site", async () => {
  const [allowed, other] = embeddingSites;
  await expectPlayingOn(other!);

  const studio = await context.newPage();
  await studio.goto(`/studio/${videoId}/access`);
  const rules = studio.getByRole("region", { name: "Playback restrictions" });
  await rules.getByLabel("Embedding").selectOption("Only these sites");
  await rules.getByLabel("Sites").fill(`${originOf(allowed!)}/videos`);
  await studio.getByRole("button", { name: "Save", exact: true }).click();
  await studio.getByText("Saved.").waitFor({ timeout: TIMEOUT_MS });
  expect(await rules.getByLabel("Sites").inputValue()).toBe(originOf(allowed!));

  await expectPlayingOn(allowed!);
  const page = await context.newPage();
  const refusal = page.waitForEvent("console", {
    predicate: (message) => message.text().includes("frame-ancestors"),
    timeout: TIMEOUT_MS,
  });
  await page.goto(originOf(other!));
  await refusal;
  await page.close();
});
