import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, CDPSession, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { WIDTHS } from "../../scripts/product/site-pages.ts";
import { OpenUploads } from "../../workers/contract/uploads.ts";
import { expectAccessible } from "../support/product/accessible.ts";
import { giveFiles, pasteText } from "../support/product/given-files.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { serveLink } from "../support/product/link-server.ts";
import { startSession } from "../support/product/session.ts";
import {
  deleteVideosOf,
  detailsOf,
  draftKept,
  filesKept,
  openDetails,
  publish,
  rowOf,
  UPLOAD_TIMEOUT_MS,
  videosOf,
  waitForState,
} from "../support/product/upload-page.ts";

const SOURCE = { seconds: 1, width: 320, height: 240, bitrate: 100_000 };
const CREATOR = {
  name: "Nils Pier",
  email: "nils.pier@example.com",
  password: "ten small waves at once",
};

/** Packets of a transport stream, whose type browsers do not know. Source: ISO/IEC 13818-1, 2.4.3.2 */
const packetsOf = (fill: number): number[] =>
  Array.from({ length: 4 * 188 }, (_, at) => (at % 188 === 0 ? 0x47 : fill));

let context: BrowserContext;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-uploads-"));
  await generateSource(join(folder, "buoy.mp4"), SOURCE);
  await generateSource(join(folder, "lamp_at-night.mp4"), { ...SOURCE, rate: 25 });
  await writeFile(join(folder, "empty.mp4"), "");
  await writeFile(join(folder, "photo.mp4"), Buffer.from("ffd8ffe000104a464946", "hex"));
  await writeFile(join(folder, "notes.ts"), "export const sea = 7;\n");
  // Signs a creator up.
  await videosOf(CREATOR);
  page = await openKeptPage({ baseURL: inject("origin"), reducedMotion: "reduce" });
  context = page.context();
  context.setDefaultTimeout(120_000);
  await startSession(page, CREATOR);
});

afterAll(async () => {
  await closeKeptPages();
  await deleteVideosOf(CREATOR);
  await rm(folder, { recursive: true, force: true });
});

async function chooseFiles(names: string[], tab = page): Promise<void> {
  const input = tab.locator("input[type=file]").first();
  await input.setInputFiles(names.map((name) => join(folder, name)));
}

test("each file has its own draft, which survives a reload", async () => {
  await page.goto("/upload");
  await chooseFiles(["buoy.mp4"]);
  await detailsOf("buoy.mp4", page).getByLabel("Title").fill("A buoy in fog");
  await waitForState("buoy.mp4", "uploaded", page);
  await draftKept("A buoy in fog", page);
  await page.reload();
  await chooseFiles(["lamp_at-night.mp4"]);
  await openDetails("lamp_at-night.mp4", page);
  await openDetails("buoy.mp4", page);
  expect(await detailsOf("lamp_at-night.mp4", page).getByLabel("Title").inputValue()).toBe(
    "lamp at night",
  );
  expect(await detailsOf("buoy.mp4", page).getByLabel("Title").inputValue()).toBe("A buoy in fog");

  await detailsOf("buoy.mp4", page).getByLabel("Title").fill("  ");
  await detailsOf("buoy.mp4", page).getByRole("button", { name: "Publish", exact: true }).click();
  await detailsOf("buoy.mp4", page).getByText("Enter a title.").waitFor();
  const title = detailsOf("buoy.mp4", page).getByLabel("Title");
  expect(await title.getAttribute("aria-invalid")).toBe("true");
  await publish("buoy.mp4", "A buoy in fog", page);
  await publish("lamp_at-night.mp4", "A lamp", page);
});

test("files that are not videos or too large are refused at once with a plain explanation", async () => {
  await page.route("**/v1/uploads", async (route) => {
    const response = await route.fetch();
    const { items, room } = OpenUploads.parse(await response.json());
    await route.fulfill({ response, json: { items, room: { ...room, maxFileBytes: 5_000 } } });
  });
  await page.goto("/upload");
  await chooseFiles(["empty.mp4", "photo.mp4", "notes.ts", "buoy.mp4"]);
  const alert = page.getByRole("alert");
  await alert.getByText("“empty.mp4” is empty.").waitFor();
  await alert.getByText("“photo.mp4” is not a video.").waitFor();
  await alert.getByText("“notes.ts” is not a video.").waitFor();
  await alert.getByText(/“buoy.mp4” is too large, at .* A file can have at most 5\.0 kB/).waitFor();
  expect(await alert.getByRole("button", { name: /Try again/ }).count()).toBe(0);
  expect(await page.locator(".upload-row").count()).toBe(0);
  await expectAccessible(page);
  await page.unroute("**/v1/uploads");
});

test("files are added by drop, by paste and as a folder, and start with the default details", async () => {
  const refuse = (route: Route) =>
    route.request().method() === "POST"
      ? route.fulfill({ status: 403, json: { code: "forbidden", detail: "Not today." } })
      : route.continue();
  await page.route("**/v1/uploads", refuse);
  await page.goto("/upload");
  await page.getByText("Details for new files").click();
  const defaults = page.locator(".upload-defaults");
  await defaults.getByLabel("Visibility").selectOption("unlisted");
  await defaults.getByLabel("Tags").fill("sea, tide");

  const long = `a${"👍🏽".repeat(60)}.mts`;
  const dropped = { "tide.mts": packetsOf(1), "ebb.mts": packetsOf(2), [long]: packetsOf(5) };
  await giveFiles(page, "drop", dropped);
  await giveFiles(page, "paste", { "pasted.mts": packetsOf(3) });
  const inside = join(folder, "reel");
  await mkdir(inside);
  await writeFile(join(inside, "foam.mts"), Uint8Array.from(packetsOf(4)));
  await page.locator(".upload-folder input").setInputFiles(inside);

  await rowOf("foam.mts", page).waitFor();
  // A title is never cut within a user-perceived character.
  await openDetails(long, page);
  expect(await detailsOf(long, page).getByLabel("Title").inputValue()).toBe(`a${"👍🏽".repeat(49)}`);
  await openDetails("tide.mts", page);
  const details = detailsOf("tide.mts", page);
  expect(await details.getByLabel("Title").inputValue()).toBe("tide");
  expect(await details.getByLabel("Visibility").inputValue()).toBe("unlisted");
  expect(await details.getByLabel("Tags").inputValue()).toBe("sea, tide");
  await defaults.getByLabel("Tags").fill("low tide");
  await defaults.getByRole("button", { name: /^Use for the/ }).click();
  await expect.poll(() => details.getByLabel("Tags").inputValue()).toBe("low tide");
  await rowOf("tide.mts", page).getByText("Upload failed").waitFor();
  for (const name of ["ebb.mts", "pasted.mts", "foam.mts", long]) {
    await page.getByRole("button", { name: `Remove ${name}` }).click();
    await rowOf(name, page).waitFor({ state: "detached" });
  }
  await page.unroute("**/v1/uploads", refuse);
  await page.getByRole("button", { name: "Try again: tide.mts" }).click();
  await waitForState("tide.mts", "uploaded", page);
  await page.getByRole("button", { name: "Remove tide.mts" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await rowOf("tide.mts", page).waitFor({ state: "detached" });
  await page.evaluate(() => localStorage.removeItem("kinora.upload-defaults"));
});

test("files are read from links: one becomes a playable video, another shows why it failed", async () => {
  const server = await serveLink(join(folder, "buoy.mp4"), "Buoy_by_link.mp4");
  try {
    await page.goto("/upload");
    await page.getByRole("button", { name: "From a link" }).click();
    const links = page.getByLabel("Links to video files");
    await links.fill("buoy.mp4");
    await page.getByRole("button", { name: "Upload from links" }).click();
    await page.getByText("This is not a link: “buoy.mp4”.").waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectAccessible(page);
    }
    await links.fill("");
    await pasteText(page, `${server.missing}\n${server.link}\n`);
    expect(await links.inputValue()).toBe(`${server.missing}\n${server.link}`);
    await page.getByRole("button", { name: "Upload from links" }).click();
    await rowOf("missing.mp4", page).getByText("There is no file at this link.").waitFor();
    await page.getByRole("button", { name: "Remove missing.mp4" }).click();
    await openDetails("Buoy_by_link.mp4", page);
    const title = detailsOf("Buoy_by_link.mp4", page).getByLabel("Title");
    expect(await title.inputValue()).toBe("Buoy by link");
    await publish("Buoy_by_link.mp4", "Buoy, from elsewhere", page);
    // The first test has uploaded the same file under another name.
    await rowOf("Buoy_by_link.mp4", page).getByRole("link", { name: "A buoy in fog" }).waitFor();
    const video = (await videosOf(CREATOR)).find((each) => each.title === "Buoy, from elsewhere");
    const api = new ApiClient(inject("origin"));
    await api.signIn(CREATOR);
    await untilReady(api, video?.id ?? "");
    await page.goto(`/watch/${video?.id}`);
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
  } finally {
    server.close();
  }
});

describe("ten files", () => {
  const NAMES = Array.from({ length: 10 }, (_, index) => `wave-${index}.mp4`);
  /** Bytes per second: slow enough for a lost connection, a reload and a second tab before the end. */
  const NETWORK = { latency: 20, downloadThroughput: 5_000_000, uploadThroughput: 400_000 };
  let first: Page;

  const throttle = async (tab: Page): Promise<CDPSession> => {
    const session = await context.newCDPSession(tab);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", { offline: false, ...NETWORK });
    return session;
  };
  const uploaded = (count: number, tab: Page) =>
    tab.waitForFunction(
      (wanted) => document.querySelectorAll('.upload-row[data-state="uploaded"]').length >= wanted,
      count,
      { timeout: UPLOAD_TIMEOUT_MS },
    );

  beforeAll(async () => {
    await page.goto("about:blank");
    const source = await readFile(join(folder, "buoy.mp4"));
    for (const [index, name] of NAMES.entries()) {
      // A box that players ignore.
      const free = Buffer.alloc(600_000, index);
      free.writeUInt32BE(free.length);
      free.write("free", 4);
      await writeFile(join(folder, name), Buffer.concat([source, free]));
    }
    first = await context.newPage();
  });

  test("form a queue that shows its progress and works at every width", async () => {
    await throttle(first);
    await first.goto("/upload");
    await chooseFiles(NAMES, first);
    await first.waitForFunction(() => document.querySelectorAll(".upload-row").length === 10);
    await first.getByRole("button", { name: "Pause all" }).click();
    await first.getByRole("button", { name: "Resume all" }).waitFor();
    // The remaining time is unknown for files that are not being sent.
    await expect.poll(() => first.locator(".upload-facts", { hasText: / left$/ }).count()).toBe(0);
    await openDetails("wave-9.mp4", first);
    for (const width of WIDTHS)
      for (const colorScheme of ["light", "dark"] as const) {
        await first.setViewportSize({ width, height: 900 });
        await first.emulateMedia({ colorScheme });
        await expectAccessible(first);
      }
    await first.getByRole("button", { name: "Move wave-9.mp4 up" }).focus();
    await first.keyboard.press("Enter");
    await first.getByRole("button", { name: "Resume all" }).click();
    expect(await first.locator(".upload-row-name").allTextContents()).toEqual([
      ...NAMES.slice(0, 8),
      "wave-9.mp4",
      "wave-8.mp4",
    ]);
  });

  test("survive a lost connection, a reload and a second tab, and arrive once", async () => {
    const session = await throttle(first);
    await first.getByText(/\d of 10 files uploaded/).waitFor();
    await session.send("Network.emulateNetworkConditions", { ...NETWORK, offline: true });
    await first.getByText("Offline. Continues when you’re back online.").first().waitFor();
    await session.send("Network.emulateNetworkConditions", { ...NETWORK, offline: false });
    await uploaded(2, first);
    await filesKept(10, first);
    // While other pages are visited, the header shows the progress.
    await first.getByRole("link", { name: "Kinora home" }).click();
    await first.locator(".header-upload", { hasText: "%" }).click();
    // Leaving during an upload asks first.
    const question = first.waitForEvent("dialog");
    const reloaded = first.reload();
    expect((await question).type()).toBe("beforeunload");
    await (await question).accept();
    await reloaded;
    await first.waitForFunction(() => document.querySelectorAll(".upload-row").length === 10);

    const second = await context.newPage();
    await throttle(second);
    await second.goto("/upload");
    await second.getByText("Uploading in another tab").first().waitFor();
    await chooseFiles(NAMES, second);
    await second.getByRole("alert").getByText("“wave-9.mp4” is already in the list.").waitFor();
    await uploaded(4, second);
    await first.close();
    await uploaded(10, second);
    await second.getByRole("button", { name: "Publish 10 videos" }).click();
    await second.waitForFunction(
      () => document.querySelectorAll(".upload-row .badge-good").length === 10,
    );
    const videos = await videosOf(CREATOR);
    const waves = videos.filter(({ title }) => title.startsWith("wave "));
    expect(waves.map(({ title }) => title).toSorted()).toEqual(
      NAMES.map((_, index) => `wave ${index}`),
    );
    for (const { state, visibility } of waves) {
      expect(state).not.toBe("uploading");
      expect(visibility).toBe("public");
    }
    await second.close();
  });
});
