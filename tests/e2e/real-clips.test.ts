import { existsSync, readdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { uploadFile, VIDEO_TYPES } from "../../scripts/upload-file.ts";
import { Video } from "../../workers/contract/video.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";

/** Clips that other projects test with; the folder is not part of this repository. */
const FOLDER = resolve(import.meta.dirname, "../../../shared/media");
const clips = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => extname(name) in VIDEO_TYPES)
  : [];
const PATIENCE = 600_000;

/** The clips that hold no film, with the reason their creator must be told. */
const UNPLAYABLE: Record<string, string> = {
  "mb-toothsome-dts.mp4": "no_video_stream",
  "moz-no_timescale.mp4": "damaged_file",
};
/** Pictures as they should be shown: turned upright, in square pixels. */
const SHOWN: Record<string, [number, number]> = {
  "mb-rotate-buck-bunny.mp4": [1080, 1920],
  "mb-sar_2x1.mp4": [1280, 360],
  "mb-cursed-vfr.mp4": [3026, 1386],
};

describe.skipIf(clips.length === 0)("real clips", () => {
  const api = new ApiClient(inject("origin"));
  const ids = new Map<string, string>();
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await api.signIn({
      name: "Clips",
      email: "clips@example.com",
      password: "all sorts of real clips",
    });
    for (const clip of clips) {
      ids.set(
        clip,
        await uploadFile(api, join(FOLDER, clip), { title: clip, visibility: "public" }, () => {}),
      );
    }
    browser = await launchBrowser();
    const context = await browser.newContext({ baseURL: inject("origin") });
    page = await context.newPage();
    await recordMediaErrors(page);
  });
  afterAll(() => browser?.close());

  /** The film of a clip once it has come to its end, well or badly. */
  async function film(clip: string): Promise<Video> {
    const get = async (): Promise<Video> =>
      Video.parse(await api.call("GET", `/v1/videos/${ids.get(clip)}`));
    await expect
      .poll(async () => (await get()).state, { timeout: PATIENCE, interval: 500 })
      .toMatch(/^(ready|failed)$/);
    return get();
  }

  test.each(clips.filter((clip) => !(clip in UNPLAYABLE)))(
    "%s becomes ready and plays",
    { timeout: PATIENCE },
    async (clip) => {
      const { id, state, error } = await film(clip);
      expect([state, error]).toEqual(["ready", null]);
      await page.goto(`/watch/${id}`);
      await expectPlaying(page);
    },
  );

  test.each(Object.entries(UNPLAYABLE))(
    "%s fails with the reason %s",
    { timeout: PATIENCE },
    async (clip, code) => {
      const { state, error } = await film(clip);
      expect([state, error?.code]).toEqual(["failed", code]);
    },
  );

  test.each(Object.entries(SHOWN))(
    "%s is shown as %s pixels",
    { timeout: PATIENCE },
    async (clip, [w, h]) => {
      const { width, height } = await film(clip);
      expect([width, height]).toEqual([w, h]);
    },
  );
});
