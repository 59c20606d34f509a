import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { CATALOG, openLocalDatabase } from "../../scripts/dev/local-databases.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { runFfmpeg } from "../../scripts/product/sample-video.ts";
import { expectAccessible } from "../support/product/accessible.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { audioLanguagesOf, colourAt, toneOf } from "../support/product/played-media.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const TIMEOUT_MS = 60_000;
/** A pixel of an encoded image. */
const ORANGE = [255, 128, 0].map((value) => expect.closeTo(value, -1.5) as number);

let context: BrowserContext;
let folder: string;
let video: PublishedVideo;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-edits-"));
  video = await publishVideo(origin, folder, "Harbour before the cut");
  const page = await openKeptPage({ baseURL: origin });
  context = page.context();
  context.setDefaultTimeout(TIMEOUT_MS);
  await startSession(page, video.account);
});
afterAll(async () => {
  await closeKeptPages();
  await rm(folder, { recursive: true, force: true });
});

/** On the tab Edit: waits until the version that was asked for is shown to viewers. */
async function untilMade(page: Page): Promise<void> {
  const making = page.getByText("Being created", { exact: true });
  await making.waitFor({ timeout: TIMEOUT_MS });
  await making.waitFor({ state: "detached", timeout: 6 * TIMEOUT_MS });
  expect(await page.getByText("Failed", { exact: true }).count()).toBe(0);
}

test("a creator cuts a video in the browser; viewers get the edit once it is ready, and it can be undone", async () => {
  const page = await context.newPage();
  await page.goto(`/studio/${video.id}/edit`);
  const start = page.getByRole("textbox", { name: "Start", exact: true });
  await start.fill("2");
  await start.press("Tab");
  const end = page.getByRole("slider", { name: "End", exact: true });
  for (let step = 0; step < 5; step++) await end.press("ArrowLeft");
  await page.getByRole("button", { name: /^Cut out from/ }).click();
  const cutFrom = page.getByRole("textbox", { name: "Start of cut 1" });
  const cutTo = page.getByRole("textbox", { name: "End of cut 1" });
  await cutTo.fill("5");
  await cutTo.press("Tab");
  await cutFrom.fill("4");
  await cutFrom.press("Tab");
  await page.getByText("0:04 of 0:08 kept.").waitFor();
  // The preview begins with the kept part and skips the cut.
  const preview = page.getByLabel("Preview of the edited video");
  await preview.evaluate(async (media: HTMLVideoElement) => {
    media.muted = true;
    media.currentTime = 3.8;
    await media.play();
  });
  await expect
    .poll(() => preview.evaluate((media: HTMLVideoElement) => media.currentTime), {
      timeout: TIMEOUT_MS,
    })
    .toBeGreaterThan(5);
  await expectAccessible(page);
  const sound = join(folder, "french.wav");
  await runFfmpeg(["-f", "lavfi", "-i", "sine=frequency=600:duration=3", sound]);
  const audio = page.getByRole("group", { name: "Audio track" });
  await audio.getByLabel("Audio file").setInputFiles(sound);
  await audio.getByLabel("What to do with the video’s own audio").selectOption("add");
  await audio.getByLabel("Language").selectOption("fr");
  await page.setViewportSize({ width: 390, height: 800 });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create this version" }).click();
  await page.getByText("Being created", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Show version 1" }).waitFor({ timeout: 6 * TIMEOUT_MS });
  expect(await durationOf(page)).toBeCloseTo(4.5, 1);
  // The added track is offered in addition to the video's own.
  const languages = await audioLanguagesOf(page, video.id);
  expect(languages).toContain("fr");
  expect(languages.some((language) => language !== "fr")).toBe(true);
  await page.goto(`/studio/${video.id}/edit`);
  await page.getByRole("button", { name: "Show version 1" }).click();
  await page.getByRole("button", { name: "Show version 2" }).waitFor();
  await expectAccessible(page);
  expect(await durationOf(page)).toBeCloseTo(8, 1);
  await page.close();
});

test("archived versions are marked, and are encoded again", async () => {
  const page = await context.newPage();
  // The state in which a sixth edit leaves the first one (workers/routes/versions.test.ts).
  const db = openLocalDatabase(inject("state"), CATALOG)!;
  db.prepare("UPDATE video_versions SET state = 'archived' WHERE video_id = ? AND version = 2").run(
    video.id,
  );
  db.prepare("UPDATE transcodes SET state = 'failed' WHERE video_id = ? AND version = 2").run(
    video.id,
  );
  db.close();
  for (const width of [1440, 820, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`/studio/${video.id}/edit`);
    await page.getByText("1 earlier version", { exact: true }).click();
    await page.getByText(/takes as long as a new edit/).waitFor();
    await expectAccessible(page);
  }
  await page.getByRole("button", { name: "Encode and show version 2" }).click();
  await untilMade(page);
  // The new version takes the place of the archived one.
  expect(await page.getByText("1 earlier version", { exact: true }).count()).toBe(0);
  expect(await durationOf(page)).toBeCloseTo(4.5, 1);
  await page.goto(`/studio/${video.id}/edit`);
  await page.getByRole("button", { name: "Show version 1" }).click();
  await page.getByRole("button", { name: "Show version 3" }).waitFor();
  await page.close();
});

test("a watermark and a new audio track make a version, and a replaced file plays at the same address", async () => {
  const [mark, sound, other] = ["mark.png", "sound.wav", "other.mp4"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const orange = "color=c=0xff8000:size=160x90:rate=12";
  await runFfmpeg(["-f", "lavfi", "-i", orange, "-frames:v", "1", mark]);
  await runFfmpeg(["-f", "lavfi", "-i", "sine=frequency=2000:duration=8", sound]);
  await runFfmpeg([
    ...["-f", "lavfi", "-i", `${orange}:duration=5`, "-f", "lavfi", "-i", "sine=frequency=800"],
    ...["-shortest", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", other],
  ]);
  const page = await context.newPage();
  await page.goto(`/studio/${video.id}/edit`);
  await page.getByLabel("Picture over the video").setInputFiles(mark);
  await page.getByLabel("Position").selectOption("top-left");
  await page.getByLabel("Opacity").fill("1");
  await page.getByLabel("Audio file").setInputFiles(sound);
  await page.getByLabel("What to do with the video’s own audio").waitFor();
  await page.getByRole("button", { name: "Create this version" }).click();
  await untilMade(page);
  expect(await durationOf(page)).toBeCloseTo(8, 1);
  const shown = () => colourAt(page, 0.1, 0.12);
  await expect.poll(shown, { timeout: TIMEOUT_MS }).toEqual(ORANGE);
  expect(await toneOf(page, video.id)).toBeGreaterThan(1500);

  await page.goto(`/studio/${video.id}/edit`);
  await page.getByLabel("New file").setInputFiles(other);
  await page.getByRole("button", { name: "Replace", exact: true }).click();
  await untilMade(page);
  expect(await durationOf(page)).toBeCloseTo(5, 1);
  await expect.poll(() => colourAt(page, 0.8, 0.8), { timeout: TIMEOUT_MS }).toEqual(ORANGE);
  const tone = await toneOf(page, video.id);
  expect([tone > 600, tone < 1000]).toEqual([true, true]);
  await page.close();
});

test("forced captions are shown by default and give way to chosen captions", async () => {
  const api = new ApiClient(origin);
  await api.signIn(video.account);
  const upload = (kind: string, text: string) => {
    const file = new Blob([`WEBVTT\n\n00:00.000 --> 01:00.000\n${text}\n`], { type: "text/vtt" });
    return api.putFile(`/v1/videos/${video.id}/captions/en?kind=${kind}`, file);
  };
  await upload("forced", "Harbour office");
  await upload("subtitles", "Come in, please.");
  await api.call("PATCH", `/v1/videos/${video.id}`, { language: "en" });
  const page = await context.newPage();
  await page.goto(`/watch/${video.id}`);
  const forced = page.locator(".forced-captions").getByText("Harbour office");
  await forced.waitFor();
  const modes = () =>
    page
      .locator("video")
      .first()
      .evaluate((media: HTMLVideoElement) =>
        Array.from(media.textTracks)
          .filter(({ kind }) => kind === "captions")
          .map(({ label, mode }) => `${label} ${mode}`),
      );
  expect((await modes()).join()).not.toContain("showing");
  await page.keyboard.press("c");
  await forced.waitFor({ state: "detached" });
  expect(await modes()).toContain("English showing");
  await page.keyboard.press("c");
  await forced.waitFor();
  // Viewers who listen in another language do not need them.
  await api.call("PATCH", `/v1/videos/${video.id}`, { language: "de" });
  await page.reload();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
  expect(await page.getByText("Harbour office").count()).toBe(0);
  await page.close();
});

/** The duration in seconds that viewers see. */
async function durationOf(page: Page): Promise<number> {
  await page.goto(`/watch/${video.id}`);
  const player = page.locator("video").first();
  const read = () => player.evaluate((media: HTMLVideoElement) => media.duration || 0);
  await expect.poll(read, { timeout: TIMEOUT_MS }).toBeGreaterThan(0);
  return read();
}
