import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { Playlist } from "../../workers/contract/playlists.ts";
import { UploadCreated } from "../../workers/contract/uploads.ts";
import type { Playback } from "../../workers/contract/playback.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";
import {
  boxOf,
  DESKTOP,
  PHONE,
  TIMEOUT_MS,
  setUpWhiteVideo,
} from "../support/product/white-video-page.ts";
import { WHITE_VIDEO_ACCOUNT, WHITE_VIDEO_LAST_LINE } from "../support/product/white-video.ts";

const { origin, id, newPage, openPaused, media, untilTime } = setUpWhiteVideo();

/** The id of no video. */
const OTHER_ID = "0000000000000000000000";
/** Number of Tab presses after which nothing more is expected. */
const MAX_STOPS = 80;

test.each([
  ["a laptop", DESKTOP],
  ["a phone", PHONE],
])("on %s title and actions are visible without scrolling", async (_name, options) => {
  const page = await newPage(options);
  // With the maximum number of actions.
  await page.route(`**/v1/videos/${id()}/watch`, async (route) => {
    const response = await route.fetch();
    const watch = (await response.json()) as { playback: Playback };
    watch.playback.downloads.push({ format: "mp4", url: "/media/x/a.mp4", size: 1000 });
    await route.fulfill({ response, json: watch });
  });
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  for (const part of [
    page.getByRole("heading", { name: "White harbour" }),
    ...["Like", "Save to watchlist", "Playlist", "Download", "Share", "Report"].map((name) =>
      page.getByRole("list", { name: "Actions" }).getByRole("button", { name }),
    ),
  ]) {
    const box = await part.boundingBox();
    expect(box && box.y + box.height).toBeLessThan(options.viewport.height);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(
    options.viewport.width,
  );
});

test("a shared link can start at the current time", async () => {
  const page = await openPaused({ at: 12 });
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  const link = dialog.getByLabel("Link", { exact: true });
  expect(await link.inputValue()).toBe(`${origin}/watch/${id()}`);
  await dialog.getByLabel("Start at 0:12").check();
  await vi.waitFor(
    async () => expect(await link.inputValue()).toBe(`${origin}/watch/${id()}?t=12s`),
    TIMEOUT_MS,
  );
  expect(await violations(page)).toEqual([]);
});

test("times and addresses in the description can be clicked", async () => {
  const page = await openPaused({ at: 3 });
  await page.locator(".watch-description").getByRole("link", { name: "0:16" }).click();
  await untilTime((time) => time >= 16 && time < 22);
  const link = page.getByRole("link", { name: "https://harbour.example/lights" });
  expect(await link.getAttribute("href")).toBe("https://harbour.example/lights");
});

test("a long description is collapsed until the viewer expands it", async () => {
  const page = await openPaused({ at: 3 });
  const description = page.locator(".watch-description");
  const isLastLineShown = () =>
    description.evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element.lastChild ?? element);
      range.setStart(range.endContainer, Math.max(0, range.endOffset - 5));
      return range.getBoundingClientRect().bottom <= element.getBoundingClientRect().bottom + 1;
    });
  expect(await description.textContent()).toContain(WHITE_VIDEO_LAST_LINE);
  expect(await isLastLineShown()).toBe(false);
  await page.getByRole("button", { name: "Show more" }).click();
  expect(await isLastLineShown()).toBe(true);
  await page.getByRole("button", { name: "Show less" }).click();
  expect(await isLastLineShown()).toBe(false);
});

test("people and tags link to their other videos", async () => {
  const page = await openPaused({ at: 3 });
  const tag = page.getByRole("list", { name: "Tags" }).getByRole("link", { name: "white nights" });
  expect(await tag.getAttribute("href")).toBe("/tag/white%20nights");
  await page.getByRole("link", { name: "Mara Quill" }).click();
  await page.waitForURL("**/search?**");
  await page.locator(`.hits a[href^="/watch/${id()}"]`).first().waitFor();
});

test("related videos are beside the video, and a click plays one", async () => {
  const page = await newPage();
  const other = { ...(await (await page.request.get(`/v1/videos/${id()}`)).json()) } as Video;
  await page.route("**/related*", async (route) =>
    route.fulfill({ json: { items: [{ ...other, id: OTHER_ID, title: "Black harbour" }] } }),
  );
  await page.goto(`/watch/${id()}`);
  const related = page.getByRole("region", { name: "Related videos" });
  await related.getByRole("link", { name: "Black harbour" }).getByRole("heading").click();
  await page.waitForURL(`**/watch/${OTHER_ID}`);
});

test("an episode links to the next one, beside the video and after its end", async () => {
  const api = new ApiClient(origin);
  await api.signIn(WHITE_VIDEO_ACCOUNT);
  const file = { filename: "b.mp4", size: 1000, contentType: "video/mp4", title: "Second night" };
  const { videoId } = UploadCreated.parse(await api.call("POST", "/v1/uploads", file));
  const series = Playlist.parse(
    await api.call("POST", "/v1/playlists", {
      title: "Harbour nights",
      kind: "series",
      visibility: "unlisted",
    }),
  );
  for (const video of [id(), videoId])
    await api.call("PUT", `/v1/playlists/${series.id}/videos/${video}`, { season: 1 });
  try {
    const page = await newPage(PHONE);
    await startSession(page, WHITE_VIDEO_ACCOUNT);
    await page.goto(`/watch/${id()}`);
    await page.getByText("Next episode").waitFor();
    const list = page.getByRole("region", { name: "Harbour nights" });
    await list.locator("a[aria-current]", { hasText: "S1 E1" }).waitFor();
    await list.getByRole("link", { name: "S1 E2 Second night" }).waitFor();

    await page.locator("video").evaluate((video: HTMLVideoElement) => {
      video.currentTime = video.duration - 0.5;
    });
    const after = page.getByRole("region", { name: "After the video" });
    await after.getByText("Second night").waitFor();
    await after.getByRole("button", { name: "Play next automatically" }).click();
    await after.getByText("Up next in 7").waitFor();
    await after.getByRole("button", { name: "Cancel" }).click();
    await after.getByText("Up next", { exact: true }).waitFor();
    await after.getByRole("button", { name: "Play next automatically" }).click();
    await page.waitForURL(`**/watch/${videoId}?list=${series.id}`);
    await page.getByText("This video is still uploading.").waitFor();
  } finally {
    await api.call("DELETE", `/v1/playlists/${series.id}`);
    await api.call("DELETE", `/v1/videos/${videoId}`);
  }
});

test("a click in the chapter list plays the chapter", async () => {
  const page = await openPaused({ at: 3 });
  await page.getByRole("region", { name: "Chapters" }).getByText("Harbour <lights>").click();
  await untilTime((time) => time >= 6 && time < 12);
});

test("the transcript has every language, can be searched, and a click on a line plays from there", async () => {
  const page = await openPaused({ at: 20 });
  const transcript = page.getByRole("region", { name: "Transcript" });
  const search = transcript.getByRole("searchbox");
  await search.fill("no such words");
  await transcript.getByText("No matching lines.").waitFor();
  await search.fill("QUIET");
  await transcript.getByRole("button", { name: "Play from 0:00" }).click();
  await untilTime((time) => time < 15);
  await transcript.getByRole("combobox").selectOption("Deutsch");
  const german = page.locator("track[kind=captions][srclang=de]");
  await vi.waitFor(
    async () =>
      expect(
        await german.evaluate((element: HTMLTrackElement) => element.track.cues?.length),
      ).toBeGreaterThan(0),
    TIMEOUT_MS,
  );
  await transcript.locator("ol[lang=de]").getByText("The harbour is quiet.").waitFor();
  // Reading the transcript does not turn captions on.
  const modes = await page
    .locator("track[kind=captions]")
    .evaluateAll((tracks) => tracks.map((track) => (track as HTMLTrackElement).track.mode));
  expect(modes).not.toContain("showing");
  expect(await violations(page)).toEqual([]);
});

test("the transcript follows the video, and its lines can be selected and copied", async () => {
  const page = await openPaused({
    at: 20,
    context: { ...DESKTOP, permissions: ["clipboard-read", "clipboard-write"] },
  });
  const transcript = page.getByRole("region", { name: "Transcript" });
  const lines = transcript.getByRole("list");
  const expectFollowed = async (text: string) => {
    const line = transcript.locator("[aria-current]", { hasText: text });
    await vi.waitFor(async () => {
      const [list, box] = [await boxOf(lines), await boxOf(line)];
      expect(box.y).toBeGreaterThanOrEqual(list.y);
      expect(box.y + box.height).toBeLessThanOrEqual(list.y + list.height + 1);
    }, TIMEOUT_MS);
  };
  await expectFollowed("Lantern 10 is lit.");
  await page.keyboard.press("0");
  await expectFollowed("The harbour is quiet.");

  await lines.getByText("Lantern 2 is lit.").click({ clickCount: 3 });
  await page.keyboard.press("ControlOrMeta+c");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.trim()).toBe("Lantern 2 is lit.");
});

test("theatre mode widens the player and is remembered", async () => {
  const page = await openPaused({ at: 3 });
  const width = async () => (await page.locator("media-controller").boundingBox())?.width ?? 0;
  expect(await width()).toBeLessThan(1100);
  await page.keyboard.press("t");
  await vi.waitFor(async () => expect(await width()).toBeGreaterThan(1400), TIMEOUT_MS);
  await page.reload();
  await untilTime((time) => time > 0.2);
  expect(await width()).toBeGreaterThan(1400);
});

test("a playing video continues in a mini player while the viewer browses, and stays in its playlist", async () => {
  const page = await openPaused({ at: 3, query: `?list=${"1".repeat(34)}` });
  await page.keyboard.press("k");
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await page.waitForURL(`${origin}/`);
  const mini = page.locator(".watch-mini");
  await mini.waitFor();
  const left = await media("currentTime");
  await untilTime((time) => time > left);
  // Keys on other pages are not handled by the player.
  await page.keyboard.press("k");
  expect(await media("paused")).toBe(false);
  await mini.getByRole("link", { name: "White harbour" }).click();
  await page.waitForURL(`**/watch/${id()}?list=*`);
  await page.locator(".watch-main h1").waitFor();
  expect(await media("currentTime")).toBeGreaterThan(left);
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await mini.getByRole("button", { name: "Close the player" }).click();
  await mini.waitFor({ state: "detached" });
});

test("a paused video does not open the mini player", async () => {
  const page = await openPaused({ at: 3 });
  await page.getByRole("link", { name: "Kinora" }).first().click();
  await page.waitForURL(`${origin}/`);
  await page.locator("video").waitFor({ state: "detached" });
});

/** Moves the focus with the Tab key and checks that each stop is visible. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    const { isThere, isVisible, name } = await page.evaluate((wanted) => {
      const element = document.activeElement ?? document.body;
      const inner = element.shadowRoot?.activeElement ?? element;
      const ring = [element, inner].some((one) => {
        const { outlineStyle, boxShadow } = getComputedStyle(one);
        return outlineStyle !== "none" || boxShadow !== "none";
      });
      // media-chrome draws the ring on a part of the control.
      const isControl = element.tagName.startsWith("MEDIA-");
      return {
        isThere: element.matches(wanted),
        isVisible: ring || isControl || element === document.body,
        name: element.outerHTML.slice(0, 120),
      };
    }, selector);
    if (!isVisible) throw new Error(`The focus cannot be seen on ${name}`);
    if (isThere) return;
  }
  throw new Error(`The Tab key does not reach ${selector}.`);
}

test("without a mouse, a viewer gets from the home page to a video with captions", async () => {
  const page = await newPage();
  await page.goto("/");
  await page.getByRole("combobox", { name: "Search videos" }).waitFor();
  await tabTo(page, "input[role=combobox]");
  await page.keyboard.type("White harbour");
  await page.keyboard.press("Enter");
  const hit = `.hits a.card-link[href="/watch/${id()}"]`;
  await page.locator(hit).waitFor();
  await tabTo(page, hit);
  await page.keyboard.press("Enter");
  await untilTime((time) => time > 0.2);
  await page.locator("media-captions-menu-button").waitFor();
  await tabTo(page, "media-captions-menu-button");
  await page.keyboard.press("c");
  const showing = () =>
    page
      .locator("video")
      .evaluate(({ textTracks }: HTMLVideoElement) =>
        Array.from(textTracks).some(({ kind, mode }) => kind === "captions" && mode === "showing"),
      );
  await vi.waitFor(async () => expect(await showing()).toBe(true), TIMEOUT_MS);
});
