import { existsSync, readdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { uploadFile, VIDEO_TYPES } from "../../scripts/upload-file.ts";
import { Video } from "../../workers/contract/videos.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
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

describe.skipIf(sources.length === 0)("real videos", () => {
  const api = new ApiClient(inject("origin"));
  const ids = new Map<string, string>();
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await api.signIn({
      name: "Real Videos",
      email: "videos@example.com",
      password: "all sorts of real videos",
    });
    for (const source of sources) {
      ids.set(
        source,
        await uploadFile(
          api,
          join(FOLDER, source),
          { title: source, visibility: "public" },
          () => {},
        ),
      );
    }
    browser = await launchBrowser();
    const context = await browser.newContext({ baseURL: inject("origin") });
    page = await context.newPage();
    await recordMediaErrors(page);
  });
  afterAll(() => browser?.close());

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
