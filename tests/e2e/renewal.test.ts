import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { Playback } from "../../workers/contract/playback.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { publishVideo } from "../../scripts/product/published-video.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";
import { withShortToken } from "../support/product/short-tokens.ts";

const origin = inject("origin");
/** Long enough to start the video on two busy cores. The API issues tokens for a minute or more. */
const TOKEN_LIFETIME_SECONDS = 30;
const EXPIRY_POLL_OPTIONS = { timeout: 120_000, interval: 500 };
const CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:08.000\nThe harbour is quiet.\n";

let browser: Browser;
/** Two pages that wait for the same time to pass; each has its own tokens. */
let page: Page;
let downloads: Page;
let folder: string;
let videoId = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-renewal-"));
  const video = await publishVideo(origin, folder, "Harbour lamps");
  videoId = video.id;
  const api = new ApiClient(origin);
  await api.signIn(video.account);
  await api.call("PATCH", `/v1/videos/${videoId}`, { downloadsEnabled: true });
  browser = await launchBrowser();
  page = await openPage();
  await putCaptions(video.account);
  const playback = async () =>
    Playback.parse(await api.call("POST", `/v1/videos/${videoId}/playback`, {}));
  await vi.waitUntil(async () => (await playback()).downloads.length > 0, {
    timeout: 300_000,
    interval: 1000,
  });
  downloads = await openPage();
  await openVideo(page);
  await openVideo(downloads);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page whose requests get tokens that expire soon. */
async function openPage(): Promise<Page> {
  const opened = await (await browser.newContext({ baseURL: origin })).newPage();
  await recordMediaErrors(opened);
  await opened.route(`**/v1/videos/${videoId}/{playback,watch}`, async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const answer = JSON.parse(text) as Playback & { playback?: Playback };
    const playback = answer.playback ?? answer;
    const body = await withShortToken(text, playback, TOKEN_LIFETIME_SECONDS);
    await route.fulfill({ response, body });
  });
  return opened;
}

async function openVideo(opened: Page): Promise<void> {
  await opened.goto(`/watch/${videoId}`);
  await expectPlaying(opened);
  await opened.locator("video").evaluate((media: HTMLVideoElement) => media.pause());
}

async function putCaptions({ email, password }: { email: string; password: string }) {
  const post = { "content-type": "application/json", origin };
  const { request } = page;
  await request.post("/api/auth/sign-in/email", { headers: post, data: { email, password } });
  const { token } = (await (await request.get("/api/auth/token")).json()) as { token: string };
  const headers = { authorization: `Bearer ${token}`, "content-type": "text/vtt" };
  for (const language of ["en", "de"]) {
    const path = `/v1/videos/${videoId}/captions/${language}`;
    expect((await request.put(path, { headers, data: CAPTIONS })).ok()).toBe(true);
  }
}

/** The captions of the other language, because the transcript has already loaded the first. */
const captions = () => page.locator("track[kind=captions][srclang=de]");
const captionsUrl = () => captions().evaluate((track: HTMLTrackElement) => track.src);

/** Waits without playback until the server refuses a URL's token. */
async function untilRefused(url: string): Promise<void> {
  await vi.waitFor(
    async () => expect((await page.request.get(url)).status()).toBe(403),
    EXPIRY_POLL_OPTIONS,
  );
}

test("captions that are turned on after a pause of hours are shown", async () => {
  const expiredUrl = await captionsUrl();
  await untilRefused(expiredUrl);
  await captions().evaluate((track: HTMLTrackElement) => (track.track.mode = "showing"));
  await page.waitForFunction(() => {
    const track = document.querySelector<HTMLTrackElement>("track[kind=captions][srclang=de]");
    return (track?.track.cues?.length ?? 0) > 0;
  });
  expect(await captionsUrl()).not.toBe(expiredUrl);
});

test("a download link still works after its token has expired", async () => {
  await downloads.getByRole("button", { name: "Download", exact: true }).click();
  const link = downloads.locator(".downloads a").first();
  const expiredUrl = await link.evaluate((anchor: HTMLAnchorElement) => anchor.href);
  await untilRefused(expiredUrl);
  const started = downloads.waitForEvent("download");
  await link.click();
  const download = await started;
  expect(await download.failure()).toBeNull();
  expect(download.url()).not.toBe(expiredUrl);
  expect(await downloads.locator(".player-failure").count()).toBe(0);
});

test("a browser without Media Source Extensions and HLS plays the MP4 and does not load hls.js", async () => {
  const plain = await (await browser.newContext({ baseURL: origin })).newPage();
  await recordMediaErrors(plain);
  await plain.addInitScript((hls) => {
    Object.assign(window, { MediaSource: undefined, ManagedMediaSource: undefined });
    const canPlay = Reflect.get(HTMLMediaElement.prototype, "canPlayType") as (
      type: string,
    ) => CanPlayTypeResult;
    HTMLMediaElement.prototype.canPlayType = function canPlayNoHls(this: HTMLMediaElement, type) {
      return type === hls ? "" : canPlay.call(this, type);
    };
  }, "application/vnd.apple.mpegurl");
  const requested: string[] = [];
  plain.on("request", (request) => requested.push(request.url()));
  await plain.goto(`/watch/${videoId}`);
  await expectPlaying(plain);
  expect(
    await plain.locator("video").evaluate((media: HTMLVideoElement) => media.currentSrc),
  ).toMatch(/\.mp4$/);
  expect(requested.filter((url) => url.includes("/hls-source-"))).toEqual([]);
  await plain.context().close();
});
