import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { FrameLocator, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { near, TIMEOUT_MS, setUpWhiteVideo } from "../support/product/white-video-page.ts";

/** Of a playing frame, without hls.js (docs/decisions/405-embedded-player.md). */
const MAX_SCRIPT_BYTES = 90_000;

const { origin, id, newPage, media, untilTime, untilPaused } = setUpWhiteVideo();
/** Another site, whose pages embed the video with their own query, and control it. */
let site: Server;

beforeAll(async () => {
  site = createServer((request, response) => {
    const { search } = new URL(request.url ?? "/", "http://site.example");
    response.setHeader("content-type", "text/html").end(`<!doctype html>
      <iframe width="640" height="360" allow="autoplay" src="${origin}/embed/${id()}${search}"></iframe>
      <script src="${origin}/embed.js"></script>
      <script>
        const seen = [];
        const player = new KinoraEmbed(document.querySelector("iframe"));
        for (const name of ["play", "pause", "seeked", "volumechange"])
          player.addEventListener(name, () => seen.push(name));
      </script>`);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
});
afterAll(() => {
  site?.close();
});

interface OpenedSite {
  page: Page;
  /** With the player. */
  frame: FrameLocator;
  /** URLs, in order. */
  requested: string[];
}

/** Opens the other site's page. */
async function openSite(query = ""): Promise<OpenedSite> {
  const page = await newPage({ viewport: { width: 800, height: 600 } });
  const requested: string[] = [];
  page.on("request", (request: Request) => requested.push(request.url()));
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/${query}`);
  return { page, frame: page.frameLocator("iframe"), requested };
}

test("an embedded video is a picture until it is clicked, and then plays", async () => {
  const { frame, requested } = await openSite();
  await frame.getByRole("heading", { name: "White harbour" }).waitFor();
  expect(await frame.locator("video").count()).toBe(0);
  expect(requested).toContain(`${origin}/v1/videos/${id()}`);
  expect(
    requested.filter((url) => /\/watch$|\/playback$|\.m3u8$|player-|hls-source/.test(url)),
  ).toEqual([]);
  await frame.getByRole("button", { name: "Play" }).click();
  await untilTime((time) => time > 0.3, frame);
});

test("the scripts of a playing frame are small, apart from hls.js", async () => {
  const { frame } = await openSite("?autoplay=1");
  const sizes: Record<string, number> = {};
  await untilTime((time) => time > 0.3, frame);
  const urls = await frame.locator("video").evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".js") && !/hls/.test(name)),
  );
  for (const url of urls) {
    const body = await (await fetch(url)).arrayBuffer();
    sizes[new URL(url).pathname] = gzipSync(Buffer.from(body)).byteLength;
  }
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  expect(Object.keys(sizes).some((path) => path.includes("/player-"))).toBe(true);
  expect({ total, sizes }).toSatisfy((scripts) => scripts.total < MAX_SCRIPT_BYTES);
});

test("the address says where it starts and ends, whether it is muted, and how it looks", async () => {
  const { frame } = await openSite("?autoplay=1&start=7&end=9&muted=1&chapters=0&color=00aaff");
  await untilTime((time) => time >= 7, frame);
  expect(await media("muted", frame)).toBe(true);
  await untilPaused(true, frame);
  await untilTime((time) => time >= 9 && time < 12, frame);
  expect(await frame.locator(".player-chapter").count()).toBe(0);
  const colour = await frame
    .locator("media-controller")
    .evaluate((element) => getComputedStyle(element).getPropertyValue("--media-range-bar-color"));
  expect(colour.trim()).toBe("#00aaff");
});

test("the embedding page plays, pauses, seeks and hears what happens", async () => {
  const { page, frame } = await openSite();
  await frame.getByRole("button", { name: "Play" }).waitFor();
  const run = (script: string) => page.evaluate(script);
  await run("player.play()");
  await untilTime((time) => time > 0.3, frame);
  await run("player.pause()");
  await untilPaused(true, frame);
  await run("player.seek(12)");
  await untilTime(near(12), frame);
  await run("player.setMuted(true)");
  await vi.waitFor(async () => expect(await media("muted", frame)).toBe(true), TIMEOUT_MS);
  await vi.waitFor(
    async () =>
      expect(await run("[...new Set(seen)]")).toEqual(
        expect.arrayContaining(["play", "pause", "seeked", "volumechange"]),
      ),
    TIMEOUT_MS,
  );
  expect(await run("Math.round(player.state.time)")).toBe(12);
});
