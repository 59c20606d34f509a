import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { runFfmpeg } from "../../scripts/product/sample-video.ts";
import { WIDTHS } from "../../scripts/product/site-pages.ts";
import { expectAccessible } from "../support/product/accessible.ts";
import { giveFiles } from "../support/product/given-files.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { colourAt } from "../support/product/played-media.ts";
import { startSession } from "../support/product/session.ts";
import {
  deleteVideosOf,
  detailsOf,
  openDetails,
  publish,
  rowOf,
  videosOf,
  waitForState,
} from "../support/product/upload-page.ts";
import { PART_URL } from "../support/product/upload-parts.ts";

const CREATOR = {
  name: "Mara Reed",
  email: "mara.reed@example.com",
  password: "six old tapes in a box",
};
const TONE = ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"];
/** ffmpeg's options for what cameras, editors and disc recorders write. */
const RECORDINGS: Record<string, string> = {
  "studio.mxf": "-t 1 -s 320x240 -c:v mpeg2video -c:a pcm_s16le -f mxf",
  // Tapes have one size only, and 3.6 MB per second.
  "tape.dv": "-t 0.4 -s 720x576 -pix_fmt yuv420p -ac 2 -f dv",
  "disc.vob": "-t 1 -s 320x240 -c:v mpeg2video -c:a mp2 -f vob",
};

let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-formats-"));
  for (const [name, options] of Object.entries(RECORDINGS)) {
    const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25"];
    await runFfmpeg([...picture, ...TONE, ...options.split(" "), join(folder, name)]);
  }
  // Red for three seconds, then blue, with a key frame every two seconds.
  await runFfmpeg([
    ...["-f", "lavfi", "-i", "color=red:size=320x180:rate=25:duration=3"],
    ...["-f", "lavfi", "-i", "color=blue:size=320x180:rate=25:duration=3"],
    ...TONE,
    ...["-filter_complex", "[0][1]concat[video]", "-map", "[video]", "-map", "2", "-t", "6"],
    ..."-c:v libx264 -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0".split(" "),
    ...["-c:a", "aac", "-f", "mpegts", join(folder, "coast.mts")],
  ]);
  await runFfmpeg([...TONE, "-t", "1", "-c:a", "libmp3lame", join(folder, "talk.mp3")]);
  // Signs up.
  await videosOf(CREATOR);
  page = await openKeptPage({ baseURL: inject("origin"), reducedMotion: "reduce" });
  page.setDefaultTimeout(120_000);
  await startSession(page, CREATOR);
});

afterAll(async () => {
  await closeKeptPages();
  await deleteVideosOf(CREATOR);
  await rm(folder, { recursive: true, force: true });
});

/** As browsers give files whose type they do not know. */
async function drop(names: string[]): Promise<void> {
  // The page takes files as soon as it is shown.
  await page.getByText("Details for new files").waitFor();
  const files = names.map(async (name) => [name, [...(await readFile(join(folder, name)))]]);
  await giveFiles(page, "drop", Object.fromEntries(await Promise.all(files)));
}

async function readyVideo(title: string) {
  const video = (await videosOf(CREATOR)).find((each) => each.title === title);
  const api = new ApiClient(inject("origin"));
  await api.signIn(CREATOR);
  return untilReady(api, video?.id ?? "");
}

test("recordings of cameras, tapes and discs are taken without a type, and become videos that play", async () => {
  await page.goto("/upload");
  const names = Object.keys(RECORDINGS);
  await drop(names);
  for (const name of names) await waitForState(name, "uploaded", page);
  await page.getByRole("button", { name: "Publish 3 videos" }).click();
  for (const name of names)
    await rowOf(name, page).getByText("Published", { exact: true }).waitFor();
  for (const title of ["studio", "tape", "disc"]) {
    const { id } = await readyVideo(title);
    await page.goto(`/watch/${id}`);
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
  }
});

test("the page says what viewers of an audio file will see", async () => {
  await page.goto("/upload");
  await drop(["talk.mp3"]);
  await openDetails("talk.mp3", page);
  const panel = rowOf("talk.mp3", page).getByRole("region", { name: "Selected file" });
  await panel.getByText("Viewers will see its cover picture or its waveform.").waitFor();
  await panel.getByText("MP3", { exact: true }).waitFor();
});

test("a file that the browser cannot play is shown, and only a part of it is uploaded", async () => {
  // What is sent of the whole file waits, as on a slow line.
  await page.route(PART_URL, () => undefined);
  await page.goto("/upload");
  await drop(["coast.mts"]);
  await openDetails("coast.mts", page);
  await detailsOf("coast.mts", page).getByLabel("Title").fill("Blue coast");
  await page.getByRole("button", { name: "Trim before upload" }).click();
  const form = page.getByRole("form", { name: "Trim before upload" });
  expect(await form.getByRole("button", { name: "Upload this part" }).isDisabled()).toBe(true);
  await form.getByRole("button", { name: "Prepare a preview" }).click();
  await form.getByLabel("Preview of the file").evaluate(async (media: HTMLVideoElement) => {
    media.currentTime = 3;
    await new Promise((done) => media.addEventListener("seeked", done, { once: true }));
  });
  await form.getByRole("button", { name: "Start at 0:03" }).click();
  const end = form.getByRole("textbox", { name: "End" });
  await end.fill("5");
  await end.press("Tab");
  for (const width of WIDTHS)
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  await page.unroute(PART_URL);
  await form.getByRole("button", { name: "Upload this part" }).click();
  await rowOf("coast.mp4", page).waitFor();
  expect(await rowOf("coast.mts", page).count()).toBe(0);
  expect(await detailsOf("coast.mp4", page).getByLabel("Title").inputValue()).toBe("Blue coast");
  await publish("coast.mp4", "Blue coast", page);
  const { id, duration } = await readyVideo("Blue coast");
  expect(duration).toBeCloseTo(2, 0);
  // Frames before the part are in the file, because no key frame is where it begins, but not in the video.
  await page.goto(`/watch/${id}`);
  await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
  await page
    .locator("video")
    .first()
    .evaluate(async (media: HTMLVideoElement) => {
      media.pause();
      const sought = new Promise((done) => media.addEventListener("seeked", done, { once: true }));
      media.currentTime = 0.1;
      await sought;
    });
  const [red, , blue] = await colourAt(page, 0.5, 0.5);
  expect(red).toBeLessThan(40);
  expect(blue).toBeGreaterThan(215);
});
