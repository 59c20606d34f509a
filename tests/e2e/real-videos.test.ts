import { existsSync, readdirSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { uploadFile, VIDEO_TYPES } from "../../scripts/upload-file.ts";
import { Video } from "../../workers/contract/videos.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { runFfmpeg } from "../../scripts/product/sample-video.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";

/** Test videos of other projects; the folder is not part of this repository. */
const FOLDER = resolve(import.meta.dirname, "../../../shared/media");
const sources = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => extname(name) in VIDEO_TYPES)
  : [];
const TRANSCODING_TIMEOUT_MS = 600_000;

/** Unusable sources, with the error code that the creator gets. */
const UNPLAYABLE: Record<string, string> = {
  "moz-no_timescale.mp4": "damaged_file",
};
/** Display sizes: rotated upright, with square pixels. */
const DISPLAY_SIZES: Record<string, [number, number]> = {
  "mb-rotate-buck-bunny.mp4": [1080, 1920],
  "mb-sar_2x1.mp4": [1280, 360],
  "mb-cursed-vfr.mp4": [3026, 1386],
};
/** Only the beginning is uploaded. The transcoder's own tests transcode each of these files to its end. */
const SECONDS = 3;
/** Its frames have start codes, as in a raw stream, which ffmpeg would rewrite. A cluster of it has six seconds. */
const ANNEX_B = "mb-annex-b-avc.mkv";
/** Source: RFC 9559, Cluster */
const CLUSTER_ID = Buffer.from("1f43b675", "hex");

/** Writes the beginning of a source without encoding it: container, codec, timing and display matrix stay. */
async function writeStart(source: string, path: string): Promise<void> {
  const whole = join(FOLDER, source);
  // ffmpeg would repair the file.
  if (source in UNPLAYABLE) return copyFile(whole, path);
  if (source !== ANNEX_B)
    return runFfmpeg(["-i", whole, "-t", String(SECONDS), "-map", "0", "-c", "copy", path]);
  const bytes = await readFile(whole);
  const second = bytes.indexOf(CLUSTER_ID, bytes.indexOf(CLUSTER_ID) + CLUSTER_ID.length);
  return writeFile(path, bytes.subarray(0, second));
}

describe.skipIf(sources.length === 0)("real videos", () => {
  const api = new ApiClient(inject("origin"));
  const ids = new Map<string, string>();
  let browser: Browser;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kinora-real-"));
    await api.signIn({
      name: "Real Videos",
      email: "videos@example.com",
      password: "all sorts of real videos",
    });
    for (const source of sources) {
      const path = join(folder, source);
      await writeStart(source, path);
      const details = { title: source, visibility: "public" } as const;
      ids.set(source, await uploadFile(api, path, details, () => {}));
    }
    browser = await launchBrowser();
    const context = await browser.newContext({ baseURL: inject("origin") });
    page = await context.newPage();
    await recordMediaErrors(page);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The video of a source, once it is ready or has failed. */
  async function finishedVideo(source: string): Promise<Video> {
    const get = async (): Promise<Video> =>
      Video.parse(await api.call("GET", `/v1/videos/${ids.get(source)}`));
    await expect
      .poll(async () => (await get()).state, { timeout: TRANSCODING_TIMEOUT_MS, interval: 500 })
      .toMatch(/^(ready|failed)$/);
    return get();
  }

  test.each(sources.filter((source) => !(source in UNPLAYABLE)))(
    "%s becomes ready and plays",
    { timeout: TRANSCODING_TIMEOUT_MS },
    async (source) => {
      const { id, state, error } = await finishedVideo(source);
      expect([state, error]).toEqual(["ready", null]);
      await page.goto(`/watch/${id}`);
      await expectPlaying(page);
    },
  );

  test.each(Object.entries(UNPLAYABLE))(
    "%s fails with the error %s",
    { timeout: TRANSCODING_TIMEOUT_MS },
    async (source, code) => {
      const { state, error } = await finishedVideo(source);
      expect([state, error?.code]).toEqual(["failed", code]);
    },
  );

  test.each(Object.entries(DISPLAY_SIZES))(
    "%s has the display size %s",
    { timeout: TRANSCODING_TIMEOUT_MS },
    async (source, [w, h]) => {
      const { width, height } = await finishedVideo(source);
      expect([width, height]).toEqual([w, h]);
    },
  );
});
