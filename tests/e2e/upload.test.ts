import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { startSession } from "../support/product/session.ts";
import {
  noteBodies,
  notedBodies,
  PART_BYTES,
  PART_URL,
  partNumberOf,
  partRecorded,
  partsSent,
  SMALL_SOURCE_BYTES,
  SOURCE_BYTES,
  writeLongFiles,
} from "../support/product/upload-parts.ts";
import { violations } from "../support/product/violations.ts";
import {
  deleteVideosOf,
  filesKept,
  forgetFiles,
  openDetails,
  publish,
  rowOf,
  UPLOAD_TIMEOUT_MS,
  videosOf,
  waitForState,
} from "../support/product/upload-page.ts";

const CREATOR = {
  name: "Ida Harbour",
  email: "ida@example.com",
  password: "slow boats over quiet water",
};
/** Time without progress after which a part is sent again. */
const STALL_MS = 60_000;
/** The numbers of the parts of harbour.mp4, and of pier.mp4, without the first. */
const PARTS_LEFT = [2, 3];
const SMALL_PARTS_LEFT = [2];
/** The request that completes the upload. */
const COMPLETE_URL = /\/v1\/uploads\/\w+\/complete$/;

let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-upload-"));
  await writeLongFiles({
    [join(folder, "harbour.mp4")]: SOURCE_BYTES,
    // Each part of eight megabytes that a browser sends takes a second.
    [join(folder, "pier.mp4")]: SMALL_SOURCE_BYTES,
  });
  // Signs a creator up.
  await videosOf(CREATOR);
  browser = await launchBrowser();
  const context = await browser.newContext({ baseURL: inject("origin"), reducedMotion: "reduce" });
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
  await startSession(page, CREATOR);
});

afterAll(async () => {
  await browser?.close();
  await deleteVideosOf(CREATOR);
  await rm(folder, { recursive: true, force: true });
});

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

/** Chooses a file that the account already has a video of, and uploads it anyway. */
async function chooseFileAgain(name = "harbour.mp4", tab = page): Promise<void> {
  await tab.goto("/upload");
  await chooseFiles([name], tab);
  await tab.getByRole("button", { name: `Upload anyway: ${name}` }).click();
}

/** Lets only the first part pass. The other requests hang until the page aborts them. */
async function holdPartsAfterFirst(tab = page): Promise<void> {
  await tab.route(PART_URL, (route) =>
    partNumberOf(route.request().url()) === 1 ? route.continue() : undefined,
  );
}

test("an upload resumes by itself after a reload, with the missing parts", async () => {
  await holdPartsAfterFirst();
  const first = partRecorded(1, page);
  await chooseFile();
  await first;
  await filesKept(1, page);
  await page.unroute(PART_URL);
  const sent = partsSent(page);
  await page.reload();
  await openDetails("harbour.mp4", page);
  await publish("harbour.mp4", "Harbour, after a reload", page);
  expect([...new Set(sent)].toSorted((a, b) => a - b)).toEqual(PARTS_LEFT);
});

test("a file that the account already has is recognised before anything is sent", async () => {
  const sent = partsSent(page);
  await chooseFile();
  await page.getByText("You already have “harbour.mp4”").waitFor();
  await page.getByRole("link", { name: "Harbour, after a reload" }).waitFor();
  expect(await rowOf("harbour.mp4", page).count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Skip harbour.mp4" }).click();
  await page.getByText("You already have “harbour.mp4”").waitFor({ state: "detached" });
  expect(sent).toEqual([]);
});

test("the upload of a file that the browser cannot keep resumes when it is chosen again", async () => {
  await holdPartsAfterFirst();
  const first = partRecorded(1, page);
  await chooseFile("pier.mp4");
  await first;
  await filesKept(1, page);
  await forgetFiles(page);
  await page.unroute(PART_URL);
  await page.reload();
  await rowOf("pier.mp4", page).getByText("Choose this file again to continue").waitFor();
  const sent = partsSent(page);
  await chooseFiles(["pier.mp4"]);
  await openDetails("pier.mp4", page);
  await publish("pier.mp4", "Pier, chosen again", page);
  expect([...new Set(sent)].toSorted((a, b) => a - b)).toEqual(SMALL_PARTS_LEFT);
});

test("an upload can be continued on another device through My videos", async () => {
  const device = await browser.newContext({ baseURL: inject("origin") });
  device.setDefaultTimeout(120_000);
  const other = await device.newPage();
  await startSession(other, CREATOR);
  await holdPartsAfterFirst(other);
  const first = partRecorded(1, other);
  await chooseFileAgain("pier.mp4", other);
  await first;
  await device.close();

  await page.goto("/studio");
  await page.getByRole("link", { name: "Resume the upload of pier" }).click();
  await rowOf("pier.mp4", page).getByText("Choose this file again to continue").waitFor();
  const sent = partsSent(page);
  await chooseFiles(["pier.mp4"]);
  await openDetails("pier.mp4", page);
  await publish("pier.mp4", "Pier, from another device", page);
  expect([...new Set(sent)].toSorted((a, b) => a - b)).toEqual(SMALL_PARTS_LEFT);
});

test("an upload can be paused, resumed and discarded", async () => {
  await holdPartsAfterFirst();
  const first = partRecorded(1, page);
  await chooseFileAgain("pier.mp4");
  await first;
  const stopped = page.waitForEvent("requestfailed", (request) => PART_URL.test(request.url()));
  await page.getByRole("button", { name: "Pause pier.mp4" }).click();
  await stopped;
  await waitForState("pier.mp4", "paused", page);
  await page.getByRole("button", { name: "Resume pier.mp4" }).click();
  await waitForState("pier.mp4", "uploading", page);
  const aborted = page.waitForResponse(
    (response) => response.request().method() === "DELETE" && response.status() === 204,
  );
  await page.getByRole("button", { name: "Remove pier.mp4" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await aborted;
  await rowOf("pier.mp4", page).waitFor({ state: "detached" });
  await page.unroute(PART_URL);
  await page.reload();
  await page.getByText("Drop videos or folders here").waitFor();
  expect(await rowOf("pier.mp4", page).count()).toBe(0);
});

test("an abandoned upload can be discarded in My videos", async () => {
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

test("a part that the storage rejected or never answered is sent again, and completion is retried", async () => {
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
  // The page's clock is moved instead of waiting for a minute.
  await page.clock.fastForward(STALL_MS);
  await openDetails("harbour.mp4", page);
  await publish("harbour.mp4", "Harbour, after a refusal", page);
  await page.unroute(PART_URL);
  await page.unroute(COMPLETE_URL);
  expect([1, 2, 3].map((part) => attempts.get(part))).toEqual([1, 2, 2]);
  expect(completions).toBe(2);
});

test("on a phone whose page is hidden, frozen and offline, an upload continues when the page is visible again, and arrives once", async () => {
  const phone = await browser.newContext({
    ...{ baseURL: inject("origin"), viewport: { width: 390, height: 844 } },
    ...{ isMobile: true, hasTouch: true, reducedMotion: "reduce" },
  });
  phone.setDefaultTimeout(120_000);
  await noteBodies(phone);
  const tab = await phone.newPage();
  await startSession(tab, CREATOR);
  const show = (isShown: boolean) =>
    tab.evaluate((visible) => {
      Object.defineProperty(document, "hidden", { value: !visible, configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, isShown);
  let cut = () => {};
  const isCut = new Promise<void>((resolve) => (cut = resolve));
  await tab.route(PART_URL, async (route) => {
    if (partNumberOf(route.request().url()) === 1) return route.continue();
    await isCut;
    return route.abort("connectionreset");
  });
  await tab.clock.install();
  const first = partRecorded(1, tab);
  await chooseFileAgain("pier.mp4", tab);
  const input = tab.locator("input[type=file]").first();
  // Phones offer the camera roll for such an input.
  expect(await input.getAttribute("accept")).toContain("video/*");
  expect(await input.getAttribute("multiple")).not.toBeNull();
  expect(await input.getAttribute("capture")).toBeNull();
  await first;
  const sent = partsSent(tab);
  await show(false);
  // Page.setWebLifecycleState does nothing without a window. A debugger stops the page as well.
  const session = await phone.newCDPSession(tab);
  const isFrozen = new Promise<void>((resolve) => session.once("Debugger.paused", () => resolve()));
  await session.send("Debugger.enable");
  await session.send("Debugger.pause");
  await isFrozen;
  cut();
  const before = (await videosOf(CREATOR)).filter(({ state }) => state === "uploading");
  expect(before).toHaveLength(1);
  await session.send("Debugger.disable");
  // The page's clock is moved instead of waiting for all attempts.
  await expect
    .poll(
      async () => {
        await tab.clock.fastForward(STALL_MS / 4);
        return rowOf("pier.mp4", tab).getAttribute("data-state");
      },
      { timeout: UPLOAD_TIMEOUT_MS },
    )
    .toBe("failed");
  await tab.unroute(PART_URL);
  await show(true);
  await openDetails("pier.mp4", tab);
  await publish("pier.mp4", "Pier, from a pocket", tab);
  expect(await violations(tab)).toEqual([]);
  expect(sent).not.toContain(1);
  // Safari can hang on slices of a file.
  expect(await notedBodies(tab)).toEqual(["ArrayBuffer"]);
  const videos = (await videosOf(CREATOR)).filter(({ id }) => id === before[0]?.id);
  expect(videos.map(({ title }) => title)).toEqual(["Pier, from a pocket"]);
  await phone.close();
});
