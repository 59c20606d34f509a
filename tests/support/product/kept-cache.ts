import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser } from "../../../scripts/product/browser.ts";

/** What a browser keeps of a site, apart from its cache and its cookies. */
const STORED = "local_storage,indexeddb,cache_storage,service_workers";

/** The browser of this process, and its contexts by their options: test files use them one after the other. */
let browser: Promise<Browser> | undefined;
const contexts = new Map<string, BrowserContext>();

async function runningBrowser(): Promise<Browser> {
  if (!(await browser)?.isConnected()) browser = launchBrowser();
  return browser!;
}

async function contextWith(key: string, options: BrowserContextOptions): Promise<BrowserContext> {
  const known = contexts.get(key);
  if (known) return known;
  const context = await (await runningBrowser()).newContext(options);
  contexts.set(key, context);
  context.on("close", () => contexts.delete(key));
  return context;
}

/**
 * Opens the page of a new visitor in a context whose cache stays: in a context of its own, a page loads and compiles all
 * code of the site again, which takes a third of the processor time of a short test.
 * @param visitor names a context for those who need another one at the same time
 */
export async function openKeptPage(
  options: BrowserContextOptions & { baseURL: string },
  visitor = "",
): Promise<Page> {
  const context = await contextWith(`${visitor} ${JSON.stringify(options)}`, options);
  await context.clearCookies();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const { origin } = new URL(options.baseURL);
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: STORED });
  await session.detach();
  return page;
}

/** Closes the pages that are open, at the end of a test or of its file. */
export async function closeKeptPages(): Promise<void> {
  const pages = [...contexts.values()].flatMap((context) => context.pages());
  await Promise.all(pages.map((page) => page.close()));
}
