import { createServer, request, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { violations } from "../support/product/violations.ts";

const TIMEOUT_MS = 120_000;
const SHELL_FILES = "/shell-files.js";
const NEW_PAGE = '<meta name="deployment" content="next">';

const product = new URL(inject("origin"));
/** Responses by path that replace the product's: the files of a new deployment. */
const replaced = new Map<string, string>();
let network: Server;
let origin = "";
let browser: Browser;
let page: Page;

/** A proxy to the product that can be interrupted and on which a file can be replaced. */
function startNetwork(): Server {
  return createServer((incoming, outgoing) => {
    const text = replaced.get(incoming.url ?? "");
    if (text !== undefined) {
      const type = incoming.url === "/" ? "text/html" : "text/javascript";
      outgoing.writeHead(200, { "content-type": type }).end(text);
      return;
    }
    const { hostname, port } = product;
    const { url: path, method, headers } = incoming;
    const forwarded = request({ hostname, port, path, method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
}

async function cutNetwork(): Promise<void> {
  const closed = once(network, "close");
  network.close();
  network.closeAllConnections();
  await closed;
  await page.context().setOffline(true);
}

async function restoreNetwork(): Promise<void> {
  network = startNetwork().listen(Number(new URL(origin).port), "localhost");
  await once(network, "listening");
  await page.context().setOffline(false);
}

/** Waits until the service worker has stored the shell and responds for pages. */
const untilInstalled = () =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === "activated") return;
    await new Promise<void>((activated) =>
      active?.addEventListener("statechange", () => active.state === "activated" && activated()),
    );
  });

/** Everything that the site has stored in caches. */
const storedPaths = () =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

beforeAll(async () => {
  network = startNetwork().listen(0, "localhost");
  await once(network, "listening");
  origin = `http://localhost:${(network.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  const context = await browser.newContext({ baseURL: origin, serviceWorkers: "allow" });
  page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.goto("/");
  await untilInstalled();
});
afterAll(async () => {
  await browser?.close();
  network.closeAllConnections();
  network.close();
});

test("browsers accept the manifest and offer to install the site", async () => {
  const devTools = await page.context().newCDPSession(page);
  const { errors } = await devTools.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devTools.send("Page.getInstallabilityErrors");
  // One error is expected, because tests use private windows.
  const ids = installabilityErrors
    .map(({ errorId }) => errorId)
    .filter((id) => id !== "in-incognito");
  expect(ids).toEqual([]);
  const manifest = (await (await page.request.get("/site.webmanifest")).json()) as {
    screenshots: { src: string; sizes: string }[];
  };
  const sizes = await page.evaluate(
    (pictures) =>
      Promise.all(
        pictures.map(async ({ src }) => {
          const image = Object.assign(new Image(), { src });
          await image.decode();
          return `${image.naturalWidth}x${image.naturalHeight}`;
        }),
      ),
    manifest.screenshots,
  );
  expect(sizes).toEqual(manifest.screenshots.map((screenshot) => screenshot.sizes));
});

test("without a network the site opens and says that it is offline, and it recovers by itself", async () => {
  await cutNetwork();
  for (const path of ["/", "/search?q=harbour", "/settings"]) {
    await page.goto(path);
    await page.getByRole("link", { name: "Kinora home" }).waitFor();
    await page.getByText("You are offline.").waitFor();
  }
  await page.goto("/");
  await page.getByRole("heading", { name: "No connection" }).waitFor();
  expect(await violations(page)).toEqual([]);
  const feed = page.waitForResponse((response) => response.url().endsWith("/v1/feed"));
  await restoreNetwork();
  expect((await feed).status()).toBe(200);
  await page.getByText("You are offline.").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "No connection" }).waitFor({ state: "detached" });
});

test("only the files of the app shell are stored: no API response, no token, no media", async () => {
  const results = page.waitForResponse(/\/v1\/search\?/);
  await page.goto("/search?q=harbour");
  await (await results).finished();
  await page.getByRole("heading", { name: "Search", exact: true }).waitFor({ state: "attached" });
  await expect.poll(storedPaths).toContain("/");
  const paths = await storedPaths();
  expect(paths.filter((path) => !/^\/(assets\/[\w.-]+|[\w.-]*)$/.test(path))).toEqual([]);
});

test("a new deployment is used at once and replaces the stored files without reloading an open page", async () => {
  const shell = await (await page.request.get(SHELL_FILES)).text();
  const html = await (await page.request.get("/")).text();
  replaced.set("/", html.replace("<head>", `<head>${NEW_PAGE}`));
  // The page still runs with the service worker of the old deployment.
  await page.goto("/");
  await page.locator('meta[name="deployment"]').waitFor({ state: "attached" });
  await page.evaluate(() => (document.body.dataset["opened"] = "once"));
  const version = /"version":"(\w+)"/.exec(shell)?.[1] ?? "";
  replaced.set(SHELL_FILES, shell.replace(version, "next"));
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
  const names = () => page.evaluate(() => caches.keys());
  await vi.waitFor(async () => expect(await names()).toEqual(["kinora-shell-next"]), TIMEOUT_MS);
  expect(await page.evaluate(() => document.body.dataset["opened"])).toBe("once");
  await cutNetwork();
  await page.goto("/");
  await page.locator('meta[name="deployment"]').waitFor({ state: "attached" });
  await page.getByText("You are offline.").waitFor();
  await restoreNetwork();
});

test("an embedded player installs no service worker for visitors of other sites", async () => {
  const context = await browser.newContext({ baseURL: origin, serviceWorkers: "allow" });
  const frame = await context.newPage();
  await frame.goto(`/embed/${"0".repeat(22)}`);
  await frame.locator("#app > *").first().waitFor();
  // Pages of the site register theirs then.
  await frame.waitForLoadState("load");
  await frame.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const registered = await frame.evaluate(() => navigator.serviceWorker.getRegistrations());
  expect(registered).toEqual([]);
  await context.close();
});
