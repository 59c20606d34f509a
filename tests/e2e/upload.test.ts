import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { signIn } from "../../scripts/product/site-pages.ts";
import { violations } from "../support/product/violations.ts";
import {
  deleteVideosOf,
  filesKept,
  forgetFiles,
  openDetails,
  publish,
  rowOf,
  UPLOAD_TIMEOUT_MS,
  waitForState,
} from "../support/product/upload-page.ts";

/** Of a part. */
const PART_BYTES = 8 * 1024 * 1024;
/** Of the file: four parts. */
const SOURCE_BYTES = 3.5 * PART_BYTES;
const CREATOR = {
  name: "Ida Harbour",
  email: "ida@example.com",
  password: "slow boats over quiet water",
};
/** After this time without progress a part is sent again. */
const STALL_MS = 60_000;
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
  await writeLongFile(join(folder, "harbour.mp4"));
  browser = await launchBrowser();
  const context = await browser.newContext({ baseURL: inject("origin"), reducedMotion: "reduce" });
  context.setDefaultTimeout(120_000);
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
  await deleteVideosOf(CREATOR);
  await rm(folder, { recursive: true, force: true });
});

/** A short video, so that transcoding takes no time from the other test files, in a file of several parts. */
async function writeLongFile(path: string): Promise<void> {
  await generateSource(path, { seconds: 2, width: 320, height: 180, rate: 15 });
  const video = await readFile(path);
  // A box without meaning. Source: ISO/IEC 14496-12, 8.1.2
  const free = Buffer.alloc(SOURCE_BYTES - video.length);
  free.writeUInt32BE(free.length);
  free.write("free", 4);
  await writeFile(path, Buffer.concat([video, free]));
}

async function chooseFiles(names: string[], tab = page): Promise<void> {
  await tab
    .locator("input[type=file]")
    .first()
    .setInputFiles(names.map((name) => join(folder, name)));
}

async function chooseFile(name = "harbour.mp4"): Promise<void> {
  await page.goto("/upload");
  await chooseFiles([name]);
}

/** Chooses a file that the account has a video of, and uploads it all the same. */
async function chooseFileAgain(name = "harbour.mp4", tab = page): Promise<void> {
  await tab.goto("/upload");
  await chooseFiles([name], tab);
  await tab.getByRole("button", { name: `Upload anyway: ${name}` }).click();
}

/** Resolves when the server has recorded this part. */
function partRecorded(part: number, tab = page) {
  return tab.waitForResponse(
    (response) =>
      response.request().method() === "PUT" &&
      response.url().endsWith(`/parts/${part}`) &&
      response.status() < 300,
    { timeout: UPLOAD_TIMEOUT_MS },
  );
}

/** Lets only the first part pass. The other requests hang until the page aborts them. */
async function holdPartsAfterFirst(tab = page): Promise<void> {
  await tab.route(PART_URL, (route) =>
    partNumberOf(route.request().url()) === 1 ? route.continue() : undefined,
  );
}

/** The numbers of the parts that are sent from now on. */
function partsSent(tab = page): number[] {
  const sent: number[] = [];
  tab.on("request", (request) => {
    if (request.method() === "PUT" && PART_URL.test(request.url()))
      sent.push(partNumberOf(request.url()));
  });
  return sent;
}

test("an upload resumes by itself after a reload, with the missing parts", async () => {
  await holdPartsAfterFirst();
  const first = partRecorded(1);
  await chooseFile();
  await first;
  await filesKept(1, page);
  await page.unroute(PART_URL);
  const sent = partsSent();
  await page.reload();
  await openDetails("harbour.mp4", page);
  await publish("harbour.mp4", "Harbour, after a reload", page);
  expect(sent).not.toContain(1);
  expect(sent.length).toBeGreaterThan(2);
});

test("a file that the account has is recognised before anything of it is sent", async () => {
  const sent = partsSent();
  await chooseFile();
  await page.getByText("You already have “harbour.mp4”").waitFor();
  await page.getByRole("link", { name: "Harbour, after a reload" }).waitFor();
  expect(await rowOf("harbour.mp4", page).count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Skip harbour.mp4" }).click();
  await page.getByText("You already have “harbour.mp4”").waitFor({ state: "detached" });
  expect(sent).toEqual([]);
});

test("a file that the browser does not keep resumes when it is chosen again", async () => {
  await holdPartsAfterFirst();
  const first = partRecorded(1);
  await chooseFileAgain();
  await first;
  await filesKept(1, page);
  await forgetFiles(page);
  await page.unroute(PART_URL);
  await page.reload();
  await rowOf("harbour.mp4", page).getByText("Choose this file again to continue").waitFor();
  const sent = partsSent();
  await chooseFiles(["harbour.mp4"]);
  await openDetails("harbour.mp4", page);
  await publish("harbour.mp4", "Harbour, chosen again", page);
  expect(sent).not.toContain(1);
  expect(sent.length).toBeGreaterThan(2);
});

test("an upload is continued on another device, and My videos leads to it", async () => {
  const device = await browser.newContext({ baseURL: inject("origin") });
  device.setDefaultTimeout(120_000);
  const other = await device.newPage();
  await signIn(other, CREATOR);
  await holdPartsAfterFirst(other);
  const first = partRecorded(1, other);
  await chooseFileAgain("harbour.mp4", other);
  await first;
  await device.close();

  await page.goto("/studio");
  await page.getByRole("link", { name: "Resume the upload of harbour" }).click();
  await rowOf("harbour.mp4", page).getByText("Choose this file again to continue").waitFor();
  const sent = partsSent();
  await chooseFiles(["harbour.mp4"]);
  await openDetails("harbour.mp4", page);
  await publish("harbour.mp4", "Harbour, from another device", page);
  expect(sent).not.toContain(1);
  expect(sent.length).toBeGreaterThan(2);
});

test("an upload can be paused, resumed and discarded", async () => {
  await holdPartsAfterFirst();
  const first = partRecorded(1);
  await chooseFileAgain();
  await first;
  const stopped = page.waitForEvent("requestfailed", (request) => PART_URL.test(request.url()));
  await page.getByRole("button", { name: "Pause harbour.mp4" }).click();
  await stopped;
  await waitForState("harbour.mp4", "paused", page);
  await page.getByRole("button", { name: "Resume harbour.mp4" }).click();
  await waitForState("harbour.mp4", "uploading", page);
  const aborted = page.waitForResponse(
    (response) => response.request().method() === "DELETE" && response.status() === 204,
  );
  await page.getByRole("button", { name: "Remove harbour.mp4" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await aborted;
  await rowOf("harbour.mp4", page).waitFor({ state: "detached" });
  await page.unroute(PART_URL);
  await page.reload();
  await page.getByText("Drop videos or folders here").waitFor();
  expect(await rowOf("harbour.mp4", page).count()).toBe(0);
});

test("an upload that nobody continues is discarded in My videos", async () => {
  const api = new ApiClient(inject("origin"));
  await api.signIn(CREATOR);
  const file = { filename: "left_behind.mp4", size: SOURCE_BYTES, contentType: "video/mp4" };
  await api.call("POST", "/v1/uploads", file);
  await page.goto("/studio");
  await page.getByRole("link", { name: "Resume the upload of left behind" }).waitFor();
  await page.getByRole("button", { name: "Discard left behind" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Its upload ends. This can’t be undone.").waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Discard left behind" }).waitFor({ state: "detached" });
  const { items } = (await api.call("GET", "/v1/uploads")) as { items: { filename: string }[] };
  expect(items.map(({ filename }) => filename)).not.toContain("left_behind.mp4");
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
  const recorded = new Set<number>();
  page.on("response", (response) => {
    const part = /\/parts\/(\d+)$/.exec(response.url())?.[1];
    if (part && response.request().method() === "PUT" && response.ok()) recorded.add(Number(part));
  });
  await page.clock.install();
  await chooseFileAgain();
  const others = Math.ceil(SOURCE_BYTES / PART_BYTES) - 1;
  await vi.waitFor(() => expect(recorded.size).toBe(others), UPLOAD_TIMEOUT_MS);
  // Nobody waits a minute here: the page's clock does.
  await page.clock.fastForward(STALL_MS);
  await openDetails("harbour.mp4", page);
  await publish("harbour.mp4", "Harbour, after a refusal", page);
  await page.unroute(PART_URL);
  await page.unroute(COMPLETE_URL);
  expect([1, 2, 3].map((part) => attempts.get(part))).toEqual([1, 2, 2]);
  expect(completions).toBe(2);
});
