import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { z } from "zod";
import { ApiClient } from "../../scripts/api-client.ts";
import { Video } from "../../workers/contract/videos.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";

/** Parts are 8 MiB, so this file has at least five. */
const SOURCE = { seconds: 20, width: 1280, height: 720, bitrate: 20_000_000 };
/** Uploads in less than the half second between two writes of the recovery plugin. */
const SMALL_SOURCE = { seconds: 1, width: 320, height: 240, bitrate: 100_000 };
const CREATOR = {
  name: "Ida Harbour",
  email: "ida@example.com",
  password: "slow boats over quiet water",
};
/** Longer than the minute after which a stalled part is sent again. */
const UPLOAD_TIMEOUT_MS = 150_000;
/** URLs of parts at the storage. */
const PART_URL = /[?&]partNumber=\d+/;
/** The request that completes the upload. */
const COMPLETE_URL = /\/v1\/uploads\/\w+\/complete$/;

const partNumberOf = (url: string): number => Number(new URL(url).searchParams.get("partNumber"));

let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-upload-"));
  await generateSource(join(folder, "harbour.mp4"), SOURCE);
  await generateSource(join(folder, "buoy.mp4"), SMALL_SOURCE);
  browser = await launchBrowser();
  const context = await browser.newContext({ baseURL: inject("origin") });
  context.setDefaultTimeout(60_000);
  page = await context.newPage();
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(CREATOR.name);
  await page.getByLabel("Email").fill(CREATOR.email);
  await page.getByLabel("Password").fill(CREATOR.password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("link", { name: "Upload" }).first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  await deleteVideos();
  await rm(folder, { recursive: true, force: true });
});

/** Otherwise they would delay the videos of the next test files. */
async function deleteVideos(): Promise<void> {
  const api = new ApiClient(inject("origin"));
  await api.signIn(CREATOR);
  const response = await api.call("GET", "/v1/videos?creator=me&limit=100");
  const { items } = z.object({ items: z.array(Video) }).parse(response);
  for (const { id } of items) await api.call("DELETE", `/v1/videos/${id}`);
}

async function chooseFile(name = "harbour.mp4"): Promise<void> {
  await page.goto("/upload");
  await page.locator("input[type=file]").first().setInputFiles(join(folder, name));
}

/** Resolves when the server has recorded this part. */
function partRecorded(part: number) {
  return page.waitForResponse(
    (response) =>
      response.request().method() === "PUT" &&
      response.url().endsWith(`/parts/${part}`) &&
      response.status() < 300,
    { timeout: UPLOAD_TIMEOUT_MS },
  );
}

/** Publishes the current upload and waits for the video's page, which opens when the upload is complete. */
async function publish(title: string): Promise<void> {
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.waitForURL(/\/studio\/[0-9A-Za-z]{22}$/, { timeout: UPLOAD_TIMEOUT_MS });
}

test("an upload resumes after a reload with the missing parts", async () => {
  await page.route(PART_URL, (route) =>
    // The other requests hang until the reload aborts them.
    partNumberOf(route.request().url()) === 1 ? route.continue() : undefined,
  );
  const first = partRecorded(1);
  await chooseFile();
  await first;
  await page.unroute(PART_URL);

  const sent: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT" && PART_URL.test(request.url()))
      sent.push(partNumberOf(request.url()));
  });
  await page.reload();
  await page.getByRole("button", { name: "Resume upload" }).click();
  await publish("Harbour, after a reload");
  expect(sent).not.toContain(1);
  expect(sent.length).toBeGreaterThan(2);
});

test("an upload can be paused and resumed", async () => {
  await page.route(PART_URL, (route) =>
    partNumberOf(route.request().url()) === 1 ? route.continue() : undefined,
  );
  const first = partRecorded(1);
  await chooseFile();
  await first;
  const stopped = page.waitForEvent("requestfailed", (request) => PART_URL.test(request.url()));
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await stopped;
  await page.unroute(PART_URL);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await publish("Harbour, after a pause");
});

test("a part that the storage rejected or never answered is sent again, and completing is retried", async () => {
  const attempts = new Map<number, number>();
  let completions = 0;
  await page.route(COMPLETE_URL, (route) =>
    ++completions === 1 ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await page.route(PART_URL, (route) => {
    const part = partNumberOf(route.request().url());
    attempts.set(part, (attempts.get(part) ?? 0) + 1);
    if (part === 3 && attempts.get(part) === 1) return undefined;
    return part === 2 && attempts.get(part) === 1
      ? route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*" } })
      : route.continue();
  });
  await chooseFile();
  await publish("Harbour, after a refusal");
  await page.unroute(PART_URL);
  await page.unroute(COMPLETE_URL);
  expect([1, 2, 3].map((part) => attempts.get(part))).toEqual([1, 2, 2]);
  expect(completions).toBe(2);
});

test.each(["harbour.mp4", "buoy.mp4"])(
  "%s, whose upload ended just before a reload, can still be published",
  async (name) => {
    const completed = page.waitForResponse(COMPLETE_URL, { timeout: UPLOAD_TIMEOUT_MS });
    await chooseFile(name);
    await completed;
    await page.reload();
    await publish("Harbour, after its end");
  },
);
