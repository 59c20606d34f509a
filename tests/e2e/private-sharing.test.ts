import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { publishVideo } from "../../scripts/product/published-video.ts";
import { ApiClient } from "../../scripts/api-client.ts";
import { CATALOG, openLocalDatabase } from "../../scripts/dev/local-databases.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { AccessLink, VideoAccess } from "../../workers/contract/video-access.ts";
import { newId } from "../../workers/domain/id.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const TIMEOUT_MS = 30_000;

let browser: Browser;
let context: BrowserContext;
let folder: string;
let videoId = "";
let creator: ApiClient;
/** Another site, whose only page embeds the video. */
let embeddingSite: Server;

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
  folder = await mkdtemp(join(tmpdir(), "kinora-private-"));
  const video = await publishVideo(origin, folder, "Gulls for friends");
  videoId = video.id;
  creator = new ApiClient(origin);
  await creator.signIn(video.account);
  embeddingSite = await startEmbeddingSite(videoId);
  browser = await launchBrowser();
  context = await browser.newContext({ baseURL: origin });
  await startSession(await context.newPage(), video.account);
});
afterAll(async () => {
  await browser?.close();
  embeddingSite?.close();
  await rm(folder, { recursive: true, force: true });
});

afterEach(closeKeptPages);

/** @param isWaiting false if a video page has no video and will not get one */
async function expectAccessible(page: Page, isWaiting = true): Promise<void> {
  if (isWaiting) await settled(page);
  expect(await violations(page)).toEqual([]);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
}

/** A separate visitor. */
async function openVisitor(width: number): Promise<Page> {
  const page = await openKeptPage({ baseURL: origin, viewport: { width, height: 800 } });
  page.setDefaultTimeout(TIMEOUT_MS);
  return page;
}

/** A separate visitor who opens an address. */
async function visit(path: string, width = 390): Promise<Page> {
  const page = await openVisitor(width);
  await page.goto(path);
  return page;
}
const untilPlaying = (page: Page): Promise<void> =>
  page.locator("video").evaluate((media: HTMLVideoElement) => {
    media.muted = true;
    void media.play();
    if (media.currentTime > 0) return;
    return new Promise((done) =>
      media.addEventListener("timeupdate", () => done(), { once: true }),
    );
  });
const linkFor = async (name: string, milliseconds: number): Promise<AccessLink> =>
  AccessLink.parse(
    await creator.call("POST", `/v1/videos/${videoId}/access/links`, {
      name,
      expiresAt: new Date(Date.now() + milliseconds).toISOString(),
    }),
  );

test("a private video asks for its password, also when embedded", async () => {
  const studio = await context.newPage();
  await studio.setViewportSize({ width: 390, height: 800 });
  await studio.goto(`/studio/${videoId}/access`);
  await studio.getByLabel("Visibility").selectOption("private");
  await studio.getByRole("button", { name: "Save", exact: true }).click();
  await studio.getByText("Saved.").waitFor({ timeout: TIMEOUT_MS });
  const ways = studio.getByRole("region", { name: "Share privately" });
  await ways.getByLabel("New password").fill("harbour at dawn");
  await ways.getByRole("button", { name: "Set password" }).click();
  await ways.getByText("It was set today").waitFor();
  await expectAccessible(studio);
  await studio.close();

  const page = await visit(`/watch/${videoId}`);
  await page.getByRole("heading", { name: "This video is private" }).waitFor();
  expect(await page.content()).not.toContain("Gulls for friends");
  await expectAccessible(page, false);
  await page.getByLabel("Video password").fill("harbour at dusk");
  await page.getByRole("button", { name: "Watch" }).click();
  await page.getByText("Wrong password.").waitFor();
  await expectAccessible(page, false);
  await page.getByLabel("Video password").fill("harbour at dawn");
  await page.keyboard.press("Enter");
  await untilPlaying(page);
  // The password is not needed again in this tab.
  await page.reload();
  await untilPlaying(page);
  await page.close();

  const frame = (await visit(originOf(embeddingSite), 1440)).frameLocator("iframe");
  await frame.getByLabel("Video password").fill("harbour at dawn");
  await frame.getByRole("button", { name: "Watch" }).click();
  await frame.locator("video").waitFor();
});

test("a link opens a private video until it expires or is revoked", async () => {
  const studio = await context.newPage();
  await studio.goto(`/studio/${videoId}/access`);
  const form = studio.getByRole("form", { name: "New link" });
  await form.getByLabel("Who it is for").fill("Ada");
  await form.getByRole("button", { name: "Create link" }).click();
  await studio.getByRole("button", { name: "Copy the link for Ada" }).waitFor();
  const { links } = VideoAccess.parse(await creator.call("GET", `/v1/videos/${videoId}/access`));
  const { url, name } = links.find((link) => link.name === "Ada")!;
  const page = await visit(url);
  await untilPlaying(page);
  await page.close();
  await studio.reload();
  await studio.getByRole("button", { name: `Revoke the link for ${name}` }).click();
  await studio.getByText("Opened once, today").waitFor({ state: "detached" });
  await studio.close();
  const short = await linkFor("Ben", 1_000);
  await expect.poll(() => Date.now() > Date.parse(short.expiresAt)).toBe(true);
  for (const ended of [url, short.url]) {
    const closed = await visit(ended, 1440);
    await closed.getByText("This link has expired or was revoked.").waitFor();
    await expectAccessible(closed, false);
    await closed.close();
  }
});

test("invited accounts watch a private video, and others do not", async () => {
  const people = ["Guest", "Stranger"].map((name) => ({
    name,
    email: `${newId().toLowerCase()}@example.com`,
    password: "three bells before the fog",
  }));
  for (const person of people) await new ApiClient(origin).signIn(person);
  const db = openLocalDatabase(inject("state"), CATALOG)!;
  db.prepare("UPDATE user SET email_verified = 1 WHERE email = ?").run(people[0]!.email);
  db.close();
  const studio = await context.newPage();
  await studio.goto(`/studio/${videoId}/access`);
  const ways = studio.getByRole("region", { name: "Share privately" });
  await ways.getByLabel("Email addresses").fill(`${people[0]!.email}, nobody@example.com`);
  await ways.getByRole("button", { name: "Invite", exact: true }).click();
  await ways.getByText("nobody@example.com").waitFor();
  await ways.getByRole("button", { name: "Remove password" }).click();
  await ways.getByText("None is set.").waitFor();
  await studio.close();
  for (const person of people) {
    const page = await openVisitor(1440);
    await startSession(page, person);
    await page.goto(`/watch/${videoId}`);
    if (person.name === "Guest") await untilPlaying(page);
    else await page.getByText("Only invited accounts can watch it.").waitFor();
    await page.close();
  }
  const { accounts } = VideoAccess.parse(await creator.call("GET", `/v1/videos/${videoId}/access`));
  expect(accounts.filter(({ lastUsedAt }) => lastUsedAt !== null)).toHaveLength(1);
});
