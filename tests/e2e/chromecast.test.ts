import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BIN, WEB } from "../../scripts/dev/settings.ts";
import { CAST_SDK, type CastLog } from "../support/product/cast-sdk.ts";
import { near, TIMEOUT_MS, setUpWhiteVideo } from "../support/product/white-video-page.ts";

const SDK = "https://www.gstatic.com/**";

const { origin, id, newPage, openPaused, media, untilTime, untilPaused } = setUpWhiteVideo();
/** The site as built for a deployment with Chromecast. */
let build: string;

beforeAll(async () => {
  build = await mkdtemp(join(tmpdir(), "kinora-chromecast-"));
  await promisify(execFile)(join(BIN, "vite"), ["build", "--outDir", build, "--emptyOutDir"], {
    cwd: WEB,
    env: { ...process.env, CHROMECAST: "true" },
  });
});
afterAll(async () => {
  await rm(build, { recursive: true, force: true });
});

/** Content security policies of `_headers`; the first one is the site's. */
async function policyOf(folder: string): Promise<string> {
  const headers = await readFile(join(folder, "_headers"), "utf8");
  return /Content-Security-Policy: (.+)/.exec(headers)?.[1] ?? "";
}

/** Serves the stack's pages from that build, with its policy, and Google's script from the stand-in. */
async function openWithChromecast({ hasLateControls = false } = {}): Promise<{
  page: Page;
  log: () => Promise<CastLog>;
}> {
  const page = await newPage();
  const policy = await policyOf(build);
  // Headless Chromium has no object of this name.
  await page.addInitScript(() => Object.assign(window, { chrome: {} }));
  await page.route(`${origin}/watch/*`, async (route) =>
    route.fulfill({
      path: join(build, "index.html"),
      headers: { "content-type": "text/html", "content-security-policy": policy },
    }),
  );
  await page.route(`${origin}/assets/**`, async (route) =>
    route.fulfill({ path: join(build, new URL(route.request().url()).pathname) }),
  );
  if (hasLateControls)
    await page.route(`${origin}/assets/media-controller*`, async (route) => {
      await page.waitForFunction(() => "castLog" in window);
      await route.fallback();
    });
  await page.route(SDK, async (route) =>
    route.fulfill({ contentType: "text/javascript", body: CAST_SDK }),
  );
  await page.goto(`/watch/${id()}`);
  await untilTime((time) => time > 0.2);
  const log = () => page.evaluate(() => (window as unknown as { castLog: CastLog }).castLog);
  return { page, log };
}

test("by default the content security policy blocks Google's script, and the player neither loads it nor shows a cast button", async () => {
  const page = await openPaused();
  await page.locator("media-fullscreen-button").waitFor();
  expect(await page.locator("media-cast-button").isVisible()).toBe(false);
  expect(await page.locator('script[src*="gstatic"]').count()).toBe(0);
  const blocked = await page.evaluate(async () => {
    const violation = new Promise<string>((resolve) => {
      document.addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI));
    });
    const script = document.createElement("script");
    script.src = "https://www.gstatic.com/cv/js/sender/v1/cast_sender.js";
    document.head.append(script);
    return violation;
  });
  expect(blocked).toContain("www.gstatic.com");
});

test("a viewer can cast when Google's script loads before the controls", async () => {
  const { page } = await openWithChromecast({ hasLateControls: true });
  await page.locator("media-controller").hover();
  await page.locator("media-cast-button").click();
  await page.getByRole("region", { name: "Chromecast" }).waitFor();
});

test("if casting is enabled, a viewer casts to a device, controls it, and continues here afterwards", async () => {
  const { page, log } = await openWithChromecast();
  await page.locator("media-controller").hover();
  await page.locator("media-cast-button").click();
  const panel = page.getByRole("region", { name: "Chromecast" });
  await panel.getByText("Playing on Living room").waitFor();
  await untilPaused(true);
  const { options, loads } = await log();
  expect(options).toEqual([{ receiverApplicationId: "CC1AD845", autoJoinPolicy: "origin_scoped" }]);
  expect(loads).toMatchObject([
    { title: "White harbour", type: "application/vnd.apple.mpegurl", hls: "fmp4" },
  ]);
  expect(loads[0]?.url.startsWith(`${origin}/media/`)).toBe(true);
  // The device requests it without this browser's cookies.
  expect((await fetch(loads[0]?.url ?? "")).status).toBe(200);

  await panel.getByRole("button", { name: "+10 s" }).click();
  await panel.getByText(/^0:1\d$/).waitFor();
  await panel.getByRole("button", { name: "Pause" }).click();
  await panel.getByRole("button", { name: "Play" }).click();
  await vi.waitFor(
    async () =>
      expect((await log()).commands).toEqual(["load", "seek", "playOrPause", "playOrPause"]),
    TIMEOUT_MS,
  );
  const time = (loads[0]?.startAt ?? 0) + 10;
  await panel.getByRole("button", { name: "Stop casting" }).click();
  await panel.waitFor({ state: "detached" });
  await untilTime((now) => near(time)(now) || now > time);
  await vi.waitFor(async () => expect(await media("paused")).toBe(false), TIMEOUT_MS);
});
