/**
 * `npm run screenshots [-- <folder of clips>]`: starts the product with an empty state, uploads the clips (by default
 * ../shared/media, else one that it makes), and takes a picture of every page at two widths into docs/screenshots.
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

const OUT = join(ROOT, "docs/screenshots");
const HEIGHT = 900;
/** What the clips of ../shared/media show, so that the pages look as they would with films. */
const TITLES: Record<string, string> = {
  "exo-big-buck-bunny.mp4": "The rabbit wakes",
  "echo-hereweare.webm": "Here we are",
  "mediacms-small.mp4": "A small portrait",
  "mb-video-h265.mp4": "Evening in motion",
  "mb-video.mp4": "Five seconds of light",
  "exo-sample.avi": "Archive reel no. 7",
};

/** @returns the first of them, as the one whose own pages are shown */
async function uploadClips(origin: string, folder: string): Promise<PublishedVideo> {
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
    (await api.call("GET", "/v1/videos?creator=me&limit=100")) as { items: { id: string }[] }
  ).items;
  await Promise.all(ids.map(({ id }) => untilSettled(api, id)));
  return { id: ids.at(-1)?.id ?? "", account };
}

async function untilSettled(api: ApiClient, id: string): Promise<void> {
  for (;;) {
    const { state } = (await api.call("GET", `/v1/videos/${id}`)) as { state: string };
    if (state === "ready" || state === "failed") return;
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function takePictures(browser: Browser, origin: string, film: PublishedVideo): Promise<void> {
  for (const width of WIDTHS) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({
        baseURL: origin,
        viewport: { width, height: HEIGHT },
        colorScheme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      await signIn(page, film.account);
      for (const { name, path } of sitePages(film.id, "the")) {
        await page.goto(path);
        await settled(page);
        const file = `${name}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: join(OUT, file), animations: "disabled" });
        console.log(file);
      }
      await context.close();
    }
  }
}

const { positionals } = parseArgs({ allowPositionals: true });
const clips = resolve(positionals[0] ?? join(ROOT, "../shared/media"));
const work = await mkdtemp(join(tmpdir(), "kinora-screenshots-"));
const stack = await startDevStack();
try {
  const film = existsSync(clips)
    ? await uploadClips(stack.origin, clips)
    : await publishVideo(stack.origin, work, "Harbour light");
  await mkdir(OUT, { recursive: true });
  const browser = await launchBrowser();
  await takePictures(browser, stack.origin, film);
  await browser.close();
} finally {
  await stack.stop();
  await rm(work, { recursive: true, force: true });
}
