/**
 * `npm run screenshots [-- <folder of videos>]`: starts the product with an empty state, uploads the videos (by default
 * those of ../shared/media, or a generated one), and writes a screenshot of every page at two widths to docs/screenshots.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./product/browser.ts";
import { startDevStack } from "./product/dev-stack.ts";
import { type PublishedVideo, publishVideo } from "./product/published-video.ts";
import { settled, signIn, sitePages, WIDTHS } from "./product/site-pages.ts";
import { ApiClient } from "./api-client.ts";
import { ROOT } from "./dev/settings.ts";
import { uploadFile, VIDEO_TYPES } from "./upload-file.ts";

const OUTPUT_FOLDER = join(ROOT, "docs/screenshots");
const POLL_MS = 500;
const HEIGHT_PX = 900;
/** Titles of the files in ../shared/media, so that the pages look like those of a real site. */
const TITLES: Record<string, string> = {
  "exo-big-buck-bunny.mp4": "The rabbit wakes",
  "echo-hereweare.webm": "Here we are",
  "mediacms-small.mp4": "A small portrait",
  "mb-video-h265.mp4": "Evening in motion",
  "mb-video.mp4": "Five seconds of light",
  "exo-sample.avi": "Archive reel no. 7",
};

/** @returns the video of the watch and studio pages: the first one uploaded */
async function uploadFolder(origin: string, folder: string): Promise<PublishedVideo> {
  const account = {
    name: "Nora Vale",
    email: "nora@example.com",
    password: "nine quiet harbour lamps",
  };
  const api = new ApiClient(origin);
  await api.signIn(account);
  const names = (await readdir(folder)).filter((name) => extname(name) in VIDEO_TYPES);
  const titled = Object.keys(TITLES).filter((name) => names.includes(name));
  const chosen = titled.length > 0 ? titled : names;
  for (const name of chosen) {
    const title = TITLES[name] ?? name.slice(0, -extname(name).length);
    await uploadFile(
      api,
      join(folder, name),
      { title, category: "film", visibility: "public" },
      () => {},
    );
  }
  const ids = (
    (await api.call("GET", "/v1/videos?creator=me&limit=100")) as {
      items: { id: string; creator: { id: string } }[];
    }
  ).items;
  await Promise.all(ids.map(({ id }) => untilEncoded(api, id)));
  const first = ids.at(-1);
  return { id: first?.id ?? "", creatorId: first?.creator.id ?? "", account };
}

async function untilEncoded(api: ApiClient, id: string): Promise<void> {
  for (;;) {
    const { state } = (await api.call("GET", `/v1/videos/${id}`)) as { state: string };
    if (state === "ready" || state === "failed") return;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function takeScreenshots(
  browser: Browser,
  origin: string,
  video: PublishedVideo,
): Promise<void> {
  for (const width of WIDTHS) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({
        baseURL: origin,
        viewport: { width, height: HEIGHT_PX },
        colorScheme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      await signIn(page, video.account);
      for (const { name, path } of sitePages(video, "light")) {
        await page.goto(path);
        await settled(page);
        const file = `${name}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: join(OUTPUT_FOLDER, file), animations: "disabled" });
        console.log(file);
      }
      await context.close();
    }
  }
}

const { positionals } = parseArgs({ allowPositionals: true });
const folder = resolve(positionals[0] ?? join(ROOT, "../shared/media"));
const work = await mkdtemp(join(tmpdir(), "kinora-screenshots-"));
const stack = await startDevStack();
try {
  const video = existsSync(folder)
    ? await uploadFolder(stack.origin, folder)
    : await publishVideo(stack.origin, work, "Harbour light");
  await mkdir(OUTPUT_FOLDER, { recursive: true });
  const browser = await launchBrowser();
  await takeScreenshots(browser, stack.origin, video);
  await browser.close();
} finally {
  await stack.stop();
  await rm(work, { recursive: true, force: true });
}
