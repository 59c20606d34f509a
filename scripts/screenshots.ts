/**
 * `npm run screenshots`: starts the product with an empty state, fills it (`product/showcase.ts`), and writes a screenshot of
 * every page at two widths, in light and dark, to docs/screenshots.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { readCommandLine } from "./command-line.ts";
import { launchBrowser } from "./product/browser.ts";
import { startDevStack } from "./product/dev-stack.ts";
import { fillShowcase, type Showcase } from "./product/showcase.ts";
import { settled, signIn, type SitePage, sitePages, WIDTHS } from "./product/site-pages.ts";
import { ROOT } from "./dev/settings.ts";

const HEIGHT_PX = 900;

const ADMIN_PAGES: SitePage[] = [
  { name: "admin", path: "/admin" },
  { name: "admin-metrics", path: "/admin/metrics" },
  { name: "admin-reports", path: "/admin/reports" },
  { name: "admin-runners", path: "/admin/runners" },
  { name: "admin-messages", path: "/admin/messages" },
  { name: "admin-work", path: "/admin/work" },
  { name: "admin-usage", path: "/admin/usage" },
  { name: "admin-moderation", path: "/admin/moderation" },
  { name: "admin-accounts", path: "/admin/accounts" },
  { name: "admin-settings", path: "/admin/settings" },
  { name: "admin-audit", path: "/admin/audit" },
];

const USAGE = `Usage: npm run screenshots -- [FOLDER] [options]
Starts the product with an empty state, fills it with the videos of the folder and takes a picture of each page.

  FOLDER            with videos; without it ../shared/media, or a generated video
  --widths 390,820  in CSS pixels
  --language ar     of the site
  --pages admin     only pages whose names begin so
  --output FOLDER   without it docs/screenshots`;

const { positionals, values } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: {
    widths: { type: "string", default: WIDTHS.join(",") },
    language: { type: "string", default: "en" },
    pages: { type: "string", default: "" },
    output: { type: "string", default: join(ROOT, "docs/screenshots") },
  },
});

/** The pages, and whose they are. @param profile who watches, if an account has several */
interface Walk {
  account: Showcase["admin"];
  profile?: string;
  pages: SitePage[];
}

function walks({ video, profile, admin, playlistId, seriesId }: Showcase): Walk[] {
  const lists = [
    { name: "playlist", path: `/playlist/${playlistId}` },
    { name: "series", path: `/playlist/${seriesId}` },
  ];
  return [
    { account: video.account, profile, pages: [...sitePages(video, "light"), ...lists] },
    { account: admin, pages: ADMIN_PAGES },
  ];
}

/** Signs in, in English. @returns the cookies and the storage of the browser */
async function sessionOf(
  browser: Browser,
  options: BrowserContextOptions,
  account: Walk["account"],
  profile: string | undefined,
): Promise<Awaited<ReturnType<BrowserContext["storageState"]>>> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await signIn(page, account);
  if (profile !== undefined) {
    await page.getByRole("button", { name: profile, exact: true }).click();
    await page.locator(".picker-profiles").waitFor({ state: "detached" });
  }
  const state = await context.storageState();
  await context.close();
  return state;
}

async function takeScreenshots(
  browser: Browser,
  options: BrowserContextOptions,
  { account, profile, pages }: Walk,
  suffix: string,
): Promise<void> {
  const context = await browser.newContext({
    ...options,
    reducedMotion: "reduce",
    locale: values.language,
    storageState: await sessionOf(browser, options, account, profile),
  });
  const page = await context.newPage();
  for (const { name, path } of pages.filter((each) => each.name.startsWith(values.pages))) {
    await page.goto(path);
    await settled(page);
    const file = `${name}-${suffix}.png`;
    await page.screenshot({ path: join(values.output, file), animations: "disabled" });
    console.log(file);
  }
  await context.close();
}

const folder = resolve(positionals[0] ?? join(ROOT, "../shared/media"));
/** Screenshots in English have no language in their name. */
const language = values.language === "en" ? "" : `-${values.language}`;
const work = await mkdtemp(join(tmpdir(), "kinora-screenshots-"));
const stack = await startDevStack();
try {
  const showcase = await fillShowcase(stack, folder, work);
  await mkdir(values.output, { recursive: true });
  const browser = await launchBrowser();
  for (const width of values.widths.split(",").map(Number)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const viewport = { width, height: HEIGHT_PX };
      const options = { baseURL: stack.origin, viewport, colorScheme };
      for (const walk of walks(showcase))
        await takeScreenshots(browser, options, walk, `${width}-${colorScheme}${language}`);
    }
  }
  await browser.close();
} finally {
  await stack.stop();
  await rm(work, { recursive: true, force: true });
}
