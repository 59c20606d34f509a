import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { ROOT } from "../../scripts/dev/settings.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { runFfmpeg } from "../../scripts/product/sample-video.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { CaptionTracks } from "../../workers/contract/captions.ts";
import { RunnerTokenCreated } from "../../workers/contract/runners.ts";
import { SearchResult } from "../../workers/contract/search.ts";
import { encodeText } from "../support/encoded-captions.ts";
import { signInAsAdmin } from "../support/product/admin-account.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { isTooWide } from "../support/product/page-audit.ts";
import { collectErrors } from "../support/product/page-errors.ts";
import { startSession } from "../support/product/session.ts";
import { smallTargets } from "../support/product/small-targets.ts";
import { violations } from "../support/product/violations.ts";
import { publishWhiteVideo, WHITE_VIDEO_ACCOUNT } from "../support/product/white-video.ts";
import {
  pocketSphinx,
  SPEECH,
  WITHOUT_POCKETSPHINX,
  wordsHeard,
} from "../support/transcoder/pocketsphinx.ts";
import { searchProcess } from "../support/transcoder/searched-process.ts";

const origin = inject("origin");
const WAIT = { timeout: 300_000, interval: 500 };

let folder: string;
let id: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-captions-"));
  id = await publishWhiteVideo(origin, folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const FRENCH = `[Events]
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Où est la bibliothèque ?
Dialogue: 0,0:00:06.00,0:00:05.00,Default,,0,0,0,,à l’envers
Dialogue: 0,0:00:04.00,0:00:06.00,Default,,0,0,0,,Ça va très bien, merci.
`;

async function expectSound(page: Page): Promise<void> {
  await settled(page);
  expect(await violations(page)).toEqual([]);
  expect(await isTooWide(page)).toBe(false);
}

test("captions are uploaded in a legacy encoding, corrected along the waveform, and downloaded", async () => {
  const page = await openKeptPage({
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  onTestFinished(closeKeptPages);
  page.setDefaultTimeout(120_000);
  const errors = collectErrors(page);
  await startSession(page, WHITE_VIDEO_ACCOUNT);
  await page.goto(`/studio/${id}/captions`);
  const file = join(folder, "captions.ass");
  await writeFile(file, encodeText(FRENCH, "windows-1252"));
  const form = page.getByRole("form", { name: "Add captions" });
  await form.getByLabel("Language").selectOption("fr");
  await form.getByLabel("Kind").selectOption("captions");
  await form.getByLabel("Caption file").setInputFiles(file);
  await form.getByRole("button", { name: "Add captions" }).click();
  await page.getByText("2 captions were added. Format: ASS. Encoding: WINDOWS-1252.").waitFor();
  await page.getByText("Line 3: the caption ends before it starts.").waitFor();
  await expectSound(page);

  await page.getByRole("button", { name: "Edit French (Captions)" }).click();
  const text = (number: number) => page.getByLabel(`Text of caption ${number}`, { exact: true });
  const texts = () =>
    page
      .locator(".cue-row textarea")
      .evaluateAll((all) => all.map((one) => (one as HTMLTextAreaElement).value));
  expect(await text(1).inputValue()).toBe("Où est la bibliothèque ?");
  // The waveform of the audio rendition is drawn once it is decoded.
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".waveform-canvas");
    if (!canvas?.width) return false;
    // A line beside the centre, where there is one even without any audio.
    const y = Math.floor(canvas.height * 0.46);
    const { data } = canvas.getContext("2d")!.getImageData(0, y, canvas.width, 1);
    return data.some((value) => value > 0);
  });
  await text(2).click();
  await text(2).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(6, 6));
  await page.keyboard.press("Alt+s");
  expect(await texts()).toEqual(["Où est la bibliothèque ?", "Ça va", "très bien, merci."]);
  await page.keyboard.press("Control+z");
  expect(await texts()).toHaveLength(2);
  await page.keyboard.press("Control+Shift+z");
  expect(await texts()).toHaveLength(3);

  // An edge is moved with keys, and all captions with the buttons.
  await text(1).click();
  await page.getByRole("slider", { name: "End of the caption" }).press("PageDown");
  expect(await page.getByLabel("End of caption 1", { exact: true }).inputValue()).toBe("0:02");
  await page.getByText("Hard to read").first().waitFor();
  await page.getByLabel("Shift by seconds").fill("1");
  await page.getByRole("button", { name: "Shift all" }).click();
  expect(await page.getByLabel("Start of caption 1", { exact: true }).inputValue()).toBe("0:02");
  // The video shows the edited captions.
  await page.locator(".caption-preview video").evaluate((media: HTMLVideoElement) => {
    media.currentTime = 2.5;
  });
  await page.locator(".caption-preview-text").getByText("Où est la bibliothèque ?").waitFor();
  await expectSound(page);

  // The browser keeps unsaved changes.
  await vi.waitFor(
    async () =>
      expect(await page.evaluate(() => Object.keys(localStorage).join())).toContain("captions:"),
    WAIT,
  );
  await page.reload();
  await page.getByText("Your unsaved changes are back.").waitFor();
  expect(await texts()).toHaveLength(3);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectSound(page);
  await page.keyboard.press("Control+s");
  await page.getByText("Saved", { exact: true }).waitFor();

  await page.getByRole("link", { name: "All captions" }).click();
  await expectSound(page);
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download French (Captions) as SRT" }).click();
  const saved = await (await started).path();
  expect(await readFile(saved, "utf8")).toBe(
    "1\n00:00:02,000 --> 00:00:03,000\nOù est la bibliothèque ?\n\n2\n00:00:05,000 --> 00:00:05,522\nÇa va\n\n3\n00:00:05,522 --> 00:00:07,000\ntrès bien, merci.\n",
  );
  await page.getByRole("button", { name: "Remove French (Captions) captions" }).click();
  await page.getByText("French (Captions)").waitFor({ state: "detached" });
  expect(errors()).toEqual([]);
});

test("every control of the caption editor is large enough for touch on a phone", async () => {
  const page = await openKeptPage({
    baseURL: origin,
    viewport: { width: 390, height: 800 },
    ...{ hasTouch: true, isMobile: true, colorScheme: "dark", reducedMotion: "reduce" },
  });
  onTestFinished(closeKeptPages);
  page.setDefaultTimeout(120_000);
  await startSession(page, WHITE_VIDEO_ACCOUNT);
  for (const path of ["captions", "captions?edit=en.subtitles"]) {
    await page.goto(`/studio/${id}/${path}`);
    if (path !== "captions") await page.locator(".cue-row").nth(5).waitFor();
    await expectSound(page);
    expect(await smallTargets(page)).toEqual([]);
  }
});

test.skipIf(WITHOUT_POCKETSPHINX !== undefined)(
  `a runner with a recogniser makes captions of real speech, which are found${WITHOUT_POCKETSPHINX ? ` (skipped: ${WITHOUT_POCKETSPHINX})` : ""}`,
  async () => {
    const api = await signInAsAdmin();
    const { id: tokenId, token } = RunnerTokenCreated.parse(
      await api.call("POST", "/v1/admin/runner-tokens", { name: "A computer that listens" }),
    );
    onTestFinished(
      async () => void (await api.call("DELETE", `/v1/admin/runner-tokens/${tokenId}`)),
    );
    const { program, model } = await pocketSphinx(folder);
    const runner = spawn(
      process.execPath,
      [join(ROOT, "scripts/runner.ts"), "--url", origin, "--slots", "1"],
      {
        env: {
          ...process.env,
          ...{ KINORA_TOKEN: token, WHISPER_PATH: program, WHISPER_MODEL: model },
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    searchProcess(runner);
    onTestFinished(() => void runner.kill("SIGTERM"));
    const source = join(folder, "speech.mp4");
    await runFfmpeg([
      ...["-f", "lavfi", "-i", "color=gray:size=160x90:rate=12", "-i", SPEECH.file],
      ...["-map", "0:v", "-map", "1:a", "-shortest", "-c:v", "libx264", "-preset", "ultrafast"],
      ...["-pix_fmt", "yuv420p", "-c:a", "aac", source],
    ]);
    const owner = new ApiClient(origin);
    await owner.signIn(WHITE_VIDEO_ACCOUNT);
    const video = await uploadFile(
      owner,
      source,
      { title: "Somebody speaks", visibility: "public" },
      () => {},
    );
    onTestFinished(async () => void (await owner.call("DELETE", `/v1/videos/${video}`)));
    await untilReady(owner, video);
    const tracks = async () =>
      CaptionTracks.parse(await owner.call("GET", `/v1/videos/${video}/captions`));
    await vi.waitFor(async () => expect((await tracks()).engine).toBe("runner"), WAIT);
    await owner.call("POST", `/v1/videos/${video}/automatic-captions`, { language: "en" });
    await vi.waitFor(
      async () =>
        expect((await tracks()).items).toMatchObject([
          { language: "en", label: "English (automatic)", origin: "automatic" },
        ]),
      WAIT,
    );
    const response = await fetch(`${origin}/v1/videos/${video}/captions/en`);
    const heard = wordsHeard(await response.text());
    expect(heard.length).toBeGreaterThan(SPEECH.words.length / 3);
    // Search finds the transcript, with the second.
    const query = heard.filter((word) => word.length > 4).slice(0, 3);
    await vi.waitFor(async () => {
      const q = encodeURIComponent(query.join(" "));
      const found = SearchResult.parse(await owner.call("GET", `/v1/search?q=${q}`));
      const own = found.items.find((item) => item.video.id === video);
      expect(own?.moments.length).toBeGreaterThan(0);
    }, WAIT);
  },
);
