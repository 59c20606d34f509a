import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Playback } from "../../workers/contract/playback.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { ADMIN, signInAsAdmin } from "../support/product/admin-account.ts";
import {
  chooseQuality,
  expectPlaying,
  recordMediaErrors,
  seek,
} from "../support/product/player.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const DURATION_SECONDS = 40;
const TITLE = "Lighthouse at the edge";
const TRANSCODING_TIMEOUT_MS = 600_000;

let browser: Browser;
let page: Page;
let folder: string;
let videoId = "";

/** The video as the API returns it to its creator, with the page's own session. */
function getVideo(): Promise<Video> {
  return page.evaluate(async (id) => {
    const { token } = (await (await fetch("/api/auth/token")).json()) as { token: string };
    const response = await fetch(`/v1/videos/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await response.json()) as Video;
  }, videoId);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-e2e-"));
  const size = { width: 1280, height: 720, rate: 15 };
  await generateSource(join(folder, "source.mp4"), { seconds: DURATION_SECONDS, ...size });
  browser = await launchBrowser();
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
  await recordMediaErrors(page);
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a creator signs up", async () => {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Ada Keeper");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password").fill("a lamp over seven seas");
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("link", { name: "Upload" }).first().waitFor();
});

test("uploads a video and publishes it", async () => {
  await page.goto("/upload");
  await page.locator("input[type=file]").first().setInputFiles(join(folder, "source.mp4"));
  const details = page.getByRole("form", { name: "Details of source.mp4" });
  await details.getByLabel("Title").fill(TITLE);
  await details.getByLabel("Description").fill("A keeper watches the sea.");
  await details.getByLabel("Tags").fill("sea, night");
  await details.getByLabel("Visibility").selectOption("public");
  await details.getByRole("button", { name: "Publish" }).click();
  await page.locator('.upload-row[data-state="uploaded"]').waitFor({
    timeout: TRANSCODING_TIMEOUT_MS,
  });
  await page.getByRole("link", { name: "View progress" }).click();
  await page.waitForURL(/\/studio\/[0-9A-Za-z]{22}\/processing$/, {
    timeout: TRANSCODING_TIMEOUT_MS,
  });
  videoId = new URL(page.url()).pathname.split("/").at(-2) ?? "";
});

test("sees the progress of every transcoding task", async () => {
  await page
    .getByRole("list", { name: "Tasks" })
    .getByRole("listitem")
    .first()
    .waitFor({ timeout: TRANSCODING_TIMEOUT_MS });
  await page
    .locator("[data-task=video][data-state=running]")
    .first()
    .waitFor({ timeout: TRANSCODING_TIMEOUT_MS });
  await page.locator("[data-state=running]").getByRole("progressbar").first().waitFor();
});

test("watches it while the rest is still being transcoded", async () => {
  await page.goto(`/watch/${videoId}`);
  await expectPlaying(page, 0.1);
  expect((await getVideo()).state).toBe("playable");
  await expectPlaying(page, 2);
  // The timeline has the length of the whole video, however much of it has been processed.
  const duration = () =>
    page.locator("video").evaluate((media: HTMLVideoElement) => media.duration);
  await expect.poll(duration).toBeCloseTo(DURATION_SECONDS, 0);
  // Playing takes the time in which the rest is transcoded.
  await page.locator("video").evaluate((media: HTMLVideoElement) => media.pause());
});

test("sees it become ready, and it plays after a reload", async () => {
  await expect
    .poll(async () => (await getVideo()).state, { timeout: TRANSCODING_TIMEOUT_MS, interval: 500 })
    .toBe("ready");
  const { duration, width, height } = await getVideo();
  expect(duration).toBeCloseTo(DURATION_SECONDS, 0);
  expect([width, height]).toEqual([1280, 720]);
  await page.reload();
  await expectPlaying(page, 2);
});

test("a visitor without an account finds it by search and plays it", async () => {
  const context = await browser.newContext({ baseURL: origin });
  context.setDefaultTimeout(120_000);
  const visitor = await context.newPage();
  await recordMediaErrors(visitor);
  await visitor.goto("/");
  await visitor.getByRole("combobox", { name: "Search videos" }).first().fill("lighthouse edge");
  await visitor.keyboard.press("Enter");
  await visitor.waitForURL("**/search?**");
  await visitor.getByRole("heading", { name: TITLE, level: 3 }).first().click();
  await visitor.waitForURL(`**/watch/${videoId}`);
  await expectPlaying(visitor, 2);
  await context.close();
});

test("seeking works in both directions", async () => {
  await seek(page, 30);
  await seek(page, 8);
});

test("the viewer can choose a rendition", async () => {
  await chooseQuality(page, "lowest");
  await chooseQuality(page, "highest");
});

test("data saver never plays a large rendition, however fast the connection", async () => {
  await page.evaluate(() => {
    localStorage.setItem("kinora.bandwidth", "50000000");
    localStorage.setItem("kinora.player", JSON.stringify({ theatre: true, dataSaver: true }));
  });
  await page.reload();
  await expectPlaying(page, 2);
  const height = await page
    .locator("video")
    .evaluate((media: HTMLVideoElement) => media.videoHeight);
  expect(height).toBeLessThanOrEqual(480);
  await page.evaluate(() => localStorage.removeItem("kinora.player"));
});

/** The renditions, by the names in the addresses of their segments. */
async function renditionsByTrack(): Promise<Map<string, { height: number; bandwidth: number }>> {
  const created = await fetch(`${origin}/v1/videos/${videoId}/playback`, { method: "POST" });
  const multivariant = new URL(((await created.json()) as Playback).hls, origin);
  const text = await (await fetch(multivariant)).text();
  const found = new Map<string, { height: number; bandwidth: number }>();
  for (const [tag, bandwidth, height, uri] of text.matchAll(
    /[:,]BANDWIDTH=(\d+).*RESOLUTION=\d+x(\d+).*\n(.+)/g,
  )) {
    const playlist = await (await fetch(new URL(uri ?? tag, multivariant))).text();
    const track = SEGMENT_TRACK.exec(playlist)?.[1];
    if (track) found.set(track, { height: Number(height), bandwidth: Number(bandwidth) });
  }
  return found;
}
const SEGMENT_TRACK = /([a-z0-9-]+)\/\d+\.\d+\/\d+\.m4s/;

test("after the network was interrupted, the best quality returns within two segments", async () => {
  const renditions = await renditionsByTrack();
  expect(renditions.size).toBeGreaterThan(1);
  const best = Math.max(...Array.from(renditions.values(), ({ height }) => height));
  const mostBits = Math.max(...Array.from(renditions.values(), ({ bandwidth }) => bandwidth));
  const client = await page.context().newCDPSession(page);
  const setBitsPerSecond = (bits: number) =>
    client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 20,
      downloadThroughput: bits / 8,
      uploadThroughput: bits / 8,
    });
  const heightOf = (url: string) => renditions.get(SEGMENT_TRACK.exec(url)?.[1] ?? "")?.height;
  /** Heights of the segments that were requested before the cut, and of those that loaded after it. */
  const before: number[] = [];
  const after: number[] = [];
  let isRepaired = false;
  const slowly = { timeout: TRANSCODING_TIMEOUT_MS };
  page.on("request", (request) => {
    const height = heightOf(request.url());
    if (height && !isRepaired) before.push(height);
  });
  page.on("requestfinished", (request) => {
    const height = heightOf(request.url());
    if (height && isRepaired) after.push(height);
  });
  await page.evaluate(() => {
    localStorage.setItem("kinora.bandwidth", "50000000");
    localStorage.setItem("kinora.player", JSON.stringify({ theatre: true }));
  });

  await setBitsPerSecond(mostBits * 3);
  await page.goto(`/watch/${videoId}?t=0`, slowly);
  // The segment has both video and audio.
  await page.waitForFunction(
    () => (document.querySelector("video")?.currentTime ?? 0) > 0.2,
    undefined,
    slowly,
  );
  await page.waitForRequest((request) => heightOf(request.url()) !== undefined, slowly);
  // A few bytes still arrive, as at the edge of a mobile cell: no request fails.
  await setBitsPerSecond(8000);
  await page.waitForFunction(
    () => {
      const video = document.querySelector("video");
      return video && video.readyState <= video.HAVE_CURRENT_DATA;
    },
    undefined,
    slowly,
  );
  expect(before).toContain(best);
  isRepaired = true;
  await setBitsPerSecond(mostBits * 3);
  // The segment that waited, up to two of lower quality, and then the best.
  await expect.poll(() => after.length, slowly).toBeGreaterThan(3);
  expect(after[3]).toBe(best);
  await expectPlaying(page, 2);
  page.removeAllListeners("request");
  page.removeAllListeners("requestfinished");
  await client.detach();
});

test("a wrong token is refused, and the response reveals nothing about the video", async () => {
  const created = await fetch(`${origin}/v1/videos/${videoId}/playback`, { method: "POST" });
  const { hls, token } = (await created.json()) as Playback;
  const accepted = await fetch(new URL(hls, origin));
  expect(accepted.status).toBe(200);
  const altered = token.slice(0, -2) + (token.endsWith("A") ? "BB" : "AA");
  for (const url of [
    hls.replace(token, altered),
    hls.replace(token, "none"),
    hls.replace(`/${token}/`, "/"),
  ]) {
    const response = await fetch(new URL(url, origin));
    expect([403, response.headers.get("content-type")]).toEqual([
      response.status,
      "application/problem+json",
    ]);
    const body = await response.text();
    expect(body).not.toContain("#EXTM3U");
    expect(body).not.toContain(TITLE);
  }
});

test("the creator edits the details repeatedly", async () => {
  await page.goto(`/studio/${videoId}`);
  const form = page.getByRole("form", { name: "Details" });
  for (const category of ["travel", "howto"]) {
    await form.getByLabel("Category").selectOption(category);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.").waitFor();
    expect((await getVideo()).category).toBe(category);
  }
  // Not saved: the downloads would delay the videos of the next test files.
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByLabel("Allow viewers to download this video").check();
  await page.getByLabel("Allow viewers to download this video").uncheck();
});

test("an admin features it on the home page, where no row repeats it, and removes it again", async () => {
  await signInAsAdmin();
  const open = () => browser.newPage({ baseURL: origin });
  const [admin, visitor] = [await open(), await open()];
  for (const each of [admin, visitor]) each.setDefaultTimeout(TRANSCODING_TIMEOUT_MS);
  await startSession(admin, ADMIN);
  await admin.goto(`/watch/${videoId}`);
  const button = admin.getByRole("button", { name: /on the home page$/ });
  await button.click();
  await button.and(admin.locator("[aria-pressed=true]")).waitFor();
  const atTop = async () => {
    await visitor.goto("/");
    return settled(visitor).then(() => visitor.locator(".hero-title").allTextContents());
  };
  await expect.poll(atTop, { timeout: TRANSCODING_TIMEOUT_MS }).toEqual([TITLE]);
  expect(await visitor.locator(".row .card-title", { hasText: TITLE }).count()).toBe(0);
  await button.click();
  await button.and(admin.locator("[aria-pressed=false]")).waitFor();
});
