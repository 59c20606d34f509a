import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { launchBrowser } from "../product/browser.ts";
import { makeClip } from "../product/clips.ts";
import { untilReady } from "../product/published-film.ts";
import { settled, signIn, sitePages } from "../product/site-pages.ts";
import { expectPlaying, recordMediaErrors } from "./player.ts";

const origin = inject("origin");
const MARK = "zqhostile";
const SCRIPT = `"'><img src=x onerror="pwned=1"><svg onload="pwned=1"><script>pwned=1</script><a href="javascript:pwned=1">`;
const NAME = SCRIPT.slice(0, 60);
const account = {
  name: NAME,
  email: "mallory@example.com",
  password: "seven hostile paper boats",
};

let browser: Browser;
let page: Page;
let folder: string;
let videoId = "";
/** What the policy stopped, of all pages. */
const blocked: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-hostile-"));
  const clip = join(folder, "clip.mp4");
  await makeClip(clip, { seconds: 8, width: 640, height: 360 });
  const api = new ApiClient(origin);
  await api.signIn(account);
  const film = {
    title: `${MARK} ${SCRIPT}`,
    description: `${SCRIPT}\n[x](javascript:pwned=1)`,
    tags: [SCRIPT.slice(0, 50)],
    visibility: "public" as const,
    encrypted: true,
  };
  videoId = await uploadFile(api, clip, film, () => {});
  await untilReady(api, videoId);
  browser = await launchBrowser();
  page = await (await browser.newContext({ baseURL: origin })).newPage();
  await page.exposeFunction("reportBlocked", (what: string) => blocked.push(what));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const page = window as unknown as { reportBlocked: (what: string) => void };
      page.reportBlocked(`${location.pathname}: ${violatedDirective} ${blockedURI}`);
    }),
  );
  await recordMediaErrors(page);
  await signIn(page, account);
  await send(
    "PUT",
    `/v1/videos/${videoId}/captions/en`,
    "text/vtt",
    `WEBVTT\n\n00:00.000 --> 00:08.000\n<v ${SCRIPT}>${SCRIPT}</v> <b>bold</b>\n`,
  );
  const scopes = ["videos:read"];
  const token = { name: NAME, scopes, expiresInDays: 1 };
  await send("POST", "/v1/tokens", "application/json", JSON.stringify(token));
  const redirectUris = ["https://app.example/callback"];
  const app = { name: NAME, redirectUris, scopes, confidential: true };
  await send("POST", "/v1/apps", "application/json", JSON.stringify(app));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Calls the API with the session of the page. */
async function send(method: string, path: string, type: string, body: string): Promise<void> {
  const status = await page.evaluate(
    async ([verb, to, contentType, text]) => {
      const { token } = (await (await fetch("/api/auth/token")).json()) as { token: string };
      const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
      return (await fetch(to, { method: verb, headers, body: text })).status;
    },
    [method, path, type, body] as const,
  );
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}`);
}

/** That nothing of the hostile text became part of the page, nor had to be stopped by the policy. */
async function expectHarmless(): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: "pwned" in window,
    elements: document.querySelectorAll("img[src=x], svg[onload], a[href^='javascript:']").length,
    inlineScripts: document.querySelectorAll("script:not([src])").length,
  }));
  expect(found).toEqual({ ran: false, elements: 0, inlineScripts: 0 });
  expect(blocked).toEqual([]);
}

test("an encrypted film plays in the site's player", async () => {
  const keys: number[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith(`/${videoId}/1/key`)) keys.push(response.status());
  });
  await page.goto(`/watch/${videoId}`);
  await page.locator("video").evaluate((media: HTMLVideoElement) => {
    media.muted = true;
    return media.play();
  });
  await expectPlaying(page);
  expect(keys).toContain(200);
});

test("a film's and its creator's names are text, wherever they are shown", async () => {
  for (const { path } of sitePages(videoId, `${MARK} ${SCRIPT}`)) {
    await page.goto(path.replace("VIDEO", videoId));
    await settled(page);
    await expectHarmless();
  }
  await page.goto(`/watch/${videoId}`);
  await settled(page);
  expect(await page.locator("h1").first().textContent()).toContain("<script>");
});

test("captions are shown as text and their own few tags", async () => {
  await page.goto(`/watch/${videoId}`);
  await settled(page);
  const tags = await page.evaluate(async () => {
    const track = [...(document.querySelector("video")?.textTracks ?? [])].find(
      ({ kind }) => kind === "captions",
    );
    if (!track) return null;
    track.mode = "showing";
    while (!track.cues?.length) await new Promise((resolve) => requestAnimationFrame(resolve));
    const cue = track.cues[0] as VTTCue;
    return Array.from(cue.getCueAsHTML().querySelectorAll("*"), ({ localName }) => localName);
  });
  expect(tags).not.toBeNull();
  expect(tags?.filter((name) => !["b", "i", "u", "span", "ruby", "rt"].includes(name))).toEqual([]);
  await expectHarmless();
});

test("what the studio lists by name is text, too", async () => {
  for (const section of ["tokens", "apps"]) {
    await page.goto(`/settings/${section}`);
    await settled(page);
    await page.locator("main").getByText(NAME).first().waitFor();
    await expectHarmless();
  }
});
