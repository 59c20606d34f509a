import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { z } from "zod";
import { ApiClient } from "../../scripts/api-client.ts";
import { Video } from "../../workers/contract/video.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { makeClip } from "../../scripts/product/sample-video.ts";

/** Parts are 8 MiB, so this film has at least five. */
const CLIP = { seconds: 20, width: 1280, height: 720, bitrate: 20_000_000 };
/** On its way for less than the half second within which the recovery plugin writes once. */
const SMALL_CLIP = { seconds: 1, width: 320, height: 240, bitrate: 100_000 };
const CREATOR = {
  name: "Ida Harbour",
  email: "ida@example.com",
  password: "slow boats over quiet water",
};
/** A part that does not move is given up after a minute. */
const PATIENCE = 150_000;
/** A part on its way to the storage. */
const PART = /[?&]partNumber=\d+/;
/** The call that joins the parts. */
const COMPLETE = /\/v1\/uploads\/\w+\/complete$/;

const numberOf = (url: string): number => Number(new URL(url).searchParams.get("partNumber"));

let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-upload-"));
  await makeClip(join(folder, "harbour.mp4"), CLIP);
  await makeClip(join(folder, "buoy.mp4"), SMALL_CLIP);
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

/** Else they would be encoded while the next tests wait for theirs. */
async function deleteVideos(): Promise<void> {
  const api = new ApiClient(inject("origin"));
  await api.signIn(CREATOR);
  const answer = await api.call("GET", "/v1/videos?creator=me&limit=100");
  const { items } = z.object({ items: z.array(Video) }).parse(answer);
  for (const { id } of items) await api.call("DELETE", `/v1/videos/${id}`);
}

const choose = async (name = "harbour.mp4"): Promise<void> => {
  await page.goto("/upload");
  await page.locator("input[type=file]").first().setInputFiles(join(folder, name));
};

/** Resolves when the server has this part on record. */
const recorded = (part: number) =>
  page.waitForResponse(
    (answer) =>
      answer.request().method() === "PUT" &&
      answer.url().endsWith(`/parts/${part}`) &&
      answer.status() < 300,
    { timeout: PATIENCE },
  );

/** Publishes what is being uploaded; the page goes on to the film once its file has arrived. */
async function publish(title: string): Promise<void> {
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.waitForURL(/\/studio\/[0-9A-Za-z]{22}$/, { timeout: PATIENCE });
}

test("goes on after a reload, with the parts that had not arrived", async () => {
  await page.route(PART, (route) =>
    // The others stay on their way until the reload ends them.
    numberOf(route.request().url()) === 1 ? route.continue() : undefined,
  );
  const first = recorded(1);
  await choose();
  await first;
  await page.unroute(PART);

  const sent: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT" && PART.test(request.url())) sent.push(numberOf(request.url()));
  });
  await page.reload();
  await page.getByRole("button", { name: "Resume upload" }).click();
  await publish("Harbour, after a reload");
  expect(sent).not.toContain(1);
  expect(sent.length).toBeGreaterThan(2);
});

test("is paused and let go on", async () => {
  await page.route(PART, (route) =>
    numberOf(route.request().url()) === 1 ? route.continue() : undefined,
  );
  const first = recorded(1);
  await choose();
  await first;
  const stopped = page.waitForEvent("requestfailed", (request) => PART.test(request.url()));
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await stopped;
  await page.unroute(PART);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await publish("Harbour, after a pause");
});

test("sends a part again that the storage refused, or never answers, and asks again to join them", async () => {
  const tries = new Map<number, number>();
  let joins = 0;
  await page.route(COMPLETE, (route) =>
    ++joins === 1 ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await page.route(PART, (route) => {
    const part = numberOf(route.request().url());
    tries.set(part, (tries.get(part) ?? 0) + 1);
    if (part === 3 && tries.get(part) === 1) return undefined;
    return part === 2 && tries.get(part) === 1
      ? route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*" } })
      : route.continue();
  });
  await choose();
  await publish("Harbour, after a refusal");
  await page.unroute(PART);
  await page.unroute(COMPLETE);
  expect([1, 2, 3].map((part) => tries.get(part))).toEqual([1, 2, 2]);
  expect(joins).toBe(2);
});

test.each(["harbour.mp4", "buoy.mp4"])(
  "of %s that ended just before a reload is published all the same",
  async (name) => {
    const arrived = page.waitForResponse(COMPLETE, { timeout: PATIENCE });
    await choose(name);
    await arrived;
    await page.reload();
    await publish("Harbour, after its end");
  },
);
