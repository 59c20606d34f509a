import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { FrameLocator, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { near, TIMEOUT_MS, setUpWhiteVideo } from "../support/product/white-video-page.ts";
import { violations } from "../support/product/violations.ts";
import { WHITE_VIDEO_SECONDS } from "../support/product/white-video.ts";

/** Size limit of a playing embed without hls.js (docs/decisions/405-embedded-player.md). */
const MAX_SCRIPT_BYTES = 90_000;

const { origin, id, newPage, media, untilTime, untilMedia, untilPaused } = setUpWhiteVideo();
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
        const times = [];
        const names = ["ready", "play", "pause", "timeupdate", "seeked", "ended", "volumechange",
          "ratechange", "durationchange"];
        for (const name of names) player.addEventListener(name, () => seen.push(name));
        player.addEventListener("timeupdate", () => times.push(player.state.time));
      </script>`);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
});
afterAll(() => {
  site?.close();
});

interface OpenedSite {
  page: Page;
  /** Frame with the player. */
  frame: FrameLocator;
  /** Requested URLs, in order. */
  requested: string[];
}

/** Opens the other site's page. */
async function openSite(query = ""): Promise<OpenedSite> {
  const page = await newPage({ viewport: { width: 800, height: 600 } });
  const requested: string[] = [];
  page.on("request", (request: Request) => requested.push(request.url()));
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/${query}`);
  return { page, frame: page.frameLocator("iframe").first(), requested };
}

async function resizeFrame(page: Page, width: number, height: number): Promise<void> {
  const size = { width, height };
  await page
    .locator("iframe")
    .evaluate((frame, changed) => void Object.assign(frame, changed), size);
}

test("an embedded video shows its poster until it is clicked, and then plays", async () => {
  const { page, frame, requested } = await openSite();
  const title = frame.getByRole("heading", { name: "White harbour" });
  await title.waitFor();
  // In a tiny frame, the button does not cover the title.
  await resizeFrame(page, 200, 120);
  const endOfText = await title.evaluate((heading) => {
    const text = document.createRange();
    text.selectNodeContents(heading);
    return text.getBoundingClientRect().bottom;
  });
  const button = frame.locator(".embed-play");
  expect(await button.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(
    endOfText,
  );
  await resizeFrame(page, 640, 360);
  expect(await frame.locator("video").count()).toBe(0);
  expect(requested).toContain(`${origin}/v1/videos/${id()}`);
  expect(
    requested.filter((url) => /\/watch$|\/playback$|\.m3u8$|player-|hls-source/.test(url)),
  ).toEqual([]);
  await frame.getByRole("button", { name: "Play" }).click();
  await untilTime((time) => time > 0.3, frame);
});

test("the scripts of a playing embed stay within their size budget, apart from hls.js", async () => {
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

test("URL parameters set start, end, mute and appearance of an embedded video", async () => {
  const { page, frame } = await openSite(
    "?autoplay=1&start=7&end=9&muted=1&chapters=0&color=00aaff",
  );
  await untilTime((time) => time >= 7, frame);
  expect(await media("muted", frame)).toBe(true);
  await untilPaused(true, frame);
  await untilTime((time) => time >= 9 && time < 12, frame);
  expect(await frame.locator(".player-chapter").count()).toBe(0);
  const colour = await frame
    .locator("media-controller")
    .evaluate((element) => getComputedStyle(element).getPropertyValue("--media-range-bar-color"));
  expect(colour.trim()).toBe("#00aaff");
  // The viewer may play on.
  await page.evaluate("player.play()");
  await untilTime((time) => time >= 12, frame);
});

/** The box of the player in the frame, and its colours: over the video, and around it. */
const lookOf = (frame: FrameLocator) =>
  frame.locator("media-controller").evaluate((player) => {
    const { width, height } = player.getBoundingClientRect();
    const { color } = getComputedStyle(player.querySelector("media-time-display")!);
    const { backgroundColor } = getComputedStyle(player);
    return { width, height, color, backgroundColor };
  });

test("the player fills its frame in the theme from its address or set later by the page", async () => {
  const { page, frame } = await openSite("?autoplay=1&theme=light&background=112233");
  await frame.locator("media-controller:defined media-time-display:defined").waitFor();
  const size = { width: 640, height: 360 };
  const light = { ...size, color: "rgb(18, 19, 15)", backgroundColor: "rgb(17, 34, 51)" };
  const dark = { ...size, color: "rgb(241, 242, 236)", backgroundColor: "rgb(0, 0, 0)" };
  await expect.poll(() => lookOf(frame), { timeout: TIMEOUT_MS }).toEqual(light);
  await page.evaluate("player.setLook({ theme: 'dark' })");
  await expect.poll(() => lookOf(frame), { timeout: TIMEOUT_MS }).toEqual(dark);
  // A page without a colour scheme is light, whatever the viewer's system prefers.
  await page.evaluate("player.setLook({ theme: 'auto', background: '#123' })");
  await expect.poll(() => lookOf(frame), { timeout: TIMEOUT_MS }).toEqual(light);
});

test.each(["light", "dark"])("all text has enough contrast in the theme %s", async (theme) => {
  const page = await newPage({ viewport: { width: 820, height: 460 } });
  await page.goto(`/embed/${id()}?theme=${theme}`);
  await page.getByRole("button", { name: "Play" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Play" }).click();
  await page.locator("media-controller:defined media-time-display:defined").waitFor();
  expect(await violations(page)).toEqual([]);
});

test("a loop restarts at the end given by the address, or at the end of the video", async () => {
  const { page, frame } = await openSite("?autoplay=1&start=20&end=22&loop=1");
  /** The positions between which playback jumped back, once it has. */
  const jump = () =>
    page.evaluate(`(() => {
      const to = times.findIndex((time, index) => time < times[index - 1]);
      return to > 0 ? [times[to - 1], times[to]] : null;
    })()`) as Promise<[number, number] | null>;
  await vi.waitFor(async () => {
    const [from, to] = (await jump()) ?? [0, 0];
    expect([from > 21.5 && from < 23, to >= 20 && to < 21.5]).toEqual([true, true]);
  }, TIMEOUT_MS);
  expect(await media("paused", frame)).toBe(false);
  await page.close();
  const whole = await openSite("?autoplay=1&start=0m22s&loop=true");
  await untilTime((time) => time > 0 && time < 10, whole.frame);
  expect(await media("paused", whole.frame)).toBe(false);
});

test("the embedding page can play, pause and seek, and receives events", async () => {
  const { page, frame } = await openSite();
  await frame.getByRole("button", { name: "Play" }).waitFor();
  const run = (script: string) => page.evaluate(script);
  await run("player.play()");
  await untilTime((time) => time > 0.3, frame);
  await run("player.pause()");
  await untilPaused(true, frame);
  await run("player.seek(12)");
  await untilTime(near(12), frame);
  await vi.waitFor(async () => expect(await run("player.state.time")).toBe(12), TIMEOUT_MS);
  await run("player.setMuted(true)");
  await untilMedia("muted", (isMuted) => isMuted, frame);
  await run("player.setVolume(0.4)");
  await untilMedia("volume", (volume) => volume === 0.4, frame);
  await frame.locator("video").evaluate((video: HTMLVideoElement) => (video.playbackRate = 1.5));
  await run(`player.seek(${WHITE_VIDEO_SECONDS - 1})`);
  await run("player.play()");
  await vi.waitFor(
    async () => expect(await run("names.filter((name) => !seen.includes(name))")).toEqual([]),
    TIMEOUT_MS,
  );
  expect(await run("player.state")).toMatchObject({
    paused: true,
    muted: true,
    volume: 0.4,
    time: expect.closeTo(WHITE_VIDEO_SECONDS, 0) as number,
    duration: expect.closeTo(WHITE_VIDEO_SECONDS, 0) as number,
  });
});

test("the frame accepts only valid commands, and only from the embedding page", async () => {
  const { page, frame } = await openSite("?autoplay=1");
  await untilTime((time) => time > 0.3, frame);
  await page.evaluate(async (origin) => {
    const other = document.body.appendChild(document.createElement("iframe"));
    const sent = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
    const script = other.contentDocument!.createElement("script");
    script.textContent = `parent.frames[0].postMessage({ kinora: "pause" }, ${JSON.stringify(origin)});
      parent.postMessage("sent", "*");`;
    other.contentDocument!.body.append(script);
    await sent;
    const send = (data: unknown) => frames[0]!.postMessage(data, origin);
    for (const value of ["12", null, Number.NaN, {}]) send({ kinora: "seek", value });
    for (const data of [null, "pause", { kinora: "constructor" }, { kinora: 5 }]) send(data);
    send({ kinora: "volume", value: 7 });
    send({ kinora: "seek", value: -3 });
    send({ kinora: "muted", value: true });
  }, origin);
  // Messages arrive in order, so the ones before it have been handled.
  await untilMedia("muted", (isMuted) => isMuted, frame);
  expect([await media("paused", frame), await media("volume", frame)]).toEqual([false, 1]);
});
