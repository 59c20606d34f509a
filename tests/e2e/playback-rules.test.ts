import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { publishVideo } from "../../scripts/product/published-video.ts";
import { signIn } from "../../scripts/product/site-pages.ts";

const origin = inject("origin");
const PATIENCE = 30_000;

let browser: Browser;
let context: BrowserContext;
let folder: string;
let videoId = "";
/** Sites of other people, whose only page shows the film in a frame. */
let sites: Server[] = [];

async function siteThatEmbeds(id: string): Promise<Server> {
  const page = `<!doctype html><iframe src="${origin}/embed/${id}?autoplay=1" allow="autoplay"></iframe>`;
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
const originOf = (site: Server): string =>
  `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-rules-"));
  const film = await publishVideo(origin, folder, "Only on our pages");
  videoId = film.id;
  sites = await Promise.all([siteThatEmbeds(videoId), siteThatEmbeds(videoId)]);
  browser = await launchBrowser();
  context = await browser.newContext({ baseURL: origin });
  await signIn(await context.newPage(), film.account);
});
afterAll(async () => {
  await browser?.close();
  for (const site of sites) site.close();
  await rm(folder, { recursive: true, force: true });
});

/** The film plays in the frame of a site. */
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

test("a creator lets one site embed a film, and the browser frames it on no other", async () => {
  const [allowed, other] = sites;
  await expectPlayingOn(other!);

  const studio = await context.newPage();
  await studio.goto(`/studio/${videoId}`);
  const rules = studio.getByRole("region", { name: "Where it plays" });
  await rules.getByLabel("Embedding").selectOption("Only on these sites, and here");
  await rules.getByLabel("Sites").fill(`${originOf(allowed!)}/films`);
  await rules.getByRole("button", { name: "Save" }).click();
  await rules.getByText("Saved.").waitFor({ timeout: PATIENCE });
  expect(await rules.getByLabel("Sites").inputValue()).toBe(originOf(allowed!));

  await expectPlayingOn(allowed!);
  const page = await context.newPage();
  const refusal = page.waitForEvent("console", {
    predicate: (message) => message.text().includes("frame-ancestors"),
    timeout: PATIENCE,
  });
  await page.goto(originOf(other!));
  await refusal;
  await page.close();
});
