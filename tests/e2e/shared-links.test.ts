import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { Playlist } from "../../workers/contract/playlists.ts";
import { newId } from "../../workers/domain/id.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { isTooWide } from "../support/product/page-audit.ts";
import { violations } from "../support/product/violations.ts";

const origin = inject("origin");
const INDEX_TIMEOUT_MS = 120_000;
const TITLE = "Harbour lights & <storms>";

let page: Page;
let video: PublishedVideo;
let unlisted: PublishedVideo;
let hidden: PublishedVideo;
let folder: string;
/** Violations of the Content-Security-Policy. */
const blocked: string[] = [];

/** A public video that is hidden before anyone has requested its page. */
async function publishAs(title: string, visibility: string): Promise<PublishedVideo> {
  const published = await publishVideo(origin, folder, title);
  const api = new ApiClient(origin);
  await api.signIn(published.account);
  await api.call("PATCH", `/v1/videos/${published.id}`, { visibility });
  return published;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-shared-"));
  [video, unlisted, hidden] = await Promise.all([
    publishVideo(origin, folder, TITLE),
    publishAs("Unlisted gulls", "unlisted"),
    publishAs("Private gulls", "private"),
  ]);
  page = await openKeptPage({ baseURL: origin });
  await page.exposeFunction("reportBlocked", (what: string) => blocked.push(what));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const { reportBlocked } = window as unknown as { reportBlocked: (what: string) => void };
      reportBlocked(`${location.pathname}: ${violatedDirective} ${blockedURI}`);
    }),
  );
});
afterAll(async () => {
  await closeKeptPages();
  await rm(folder, { recursive: true, force: true });
});

/** The page as a crawler without JavaScript receives it. */
async function fetched(path: string): Promise<{ status: number; headers: Headers; html: string }> {
  const response = await fetch(new URL(path, origin), { redirect: "manual" });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

/** The contents of a document's head, parsed by the browser without running its scripts. */
async function headOf(path: string) {
  const { html } = await fetched(path);
  return page.evaluate((source) => {
    const { head } = new DOMParser().parseFromString(source, "text/html");
    const link = (rel: string) => head.querySelector(`link[rel=${rel}]`)?.getAttribute("href");
    const tags = Array.from(head.querySelectorAll("meta[name], meta[property]"), (meta) => [
      meta.getAttribute("name") ?? meta.getAttribute("property"),
      meta.getAttribute("content"),
    ]);
    return {
      title: head.querySelector("title")?.textContent,
      canonical: link("canonical"),
      oembed: link("alternate"),
      meta: Object.fromEntries(tags) as Record<string, string>,
      data: JSON.parse(
        head.querySelector("script[type='application/ld+json']")?.textContent ?? "null",
      ) as Record<string, unknown> | null,
    };
  }, html);
}

test("a shared link to a public video shows its title, description, poster and player", async () => {
  const path = `/watch/${video.id}`;
  const { title, canonical, oembed, meta, data } = await headOf(path);
  expect(title).toBe(`${TITLE} · Kinora`);
  expect(canonical).toBe(`${origin}${path}`);
  expect(meta).toMatchObject({
    description: "Boats come home before the storm.",
    "og:title": TITLE,
    "og:url": `${origin}${path}`,
    "og:video": `${origin}/embed/${video.id}`,
    "twitter:card": "player",
    "twitter:player": `${origin}/embed/${video.id}`,
  });
  expect(data).toMatchObject({ "@type": "VideoObject", name: TITLE, duration: "PT8S" });
  const image = await fetch(meta["og:image"] ?? "");
  expect([image.status, image.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  const embed = (await (await fetch(oembed ?? "")).json()) as { title: string };
  expect(embed.title).toBe(TITLE);
});

test("the browser runs the same page and keeps its metadata until another page is opened", async () => {
  await page.goto(`/watch/${video.id}`);
  await page.getByRole("heading", { name: TITLE }).waitFor();
  expect(await page.title()).toBe(`${TITLE} · Kinora`);
  await page.getByRole("link", { name: "Kinora home" }).click();
  await page.waitForURL(`${origin}/`);
  await expect.poll(() => page.locator("link[rel=canonical]").count()).toBe(0);
  expect(blocked).toEqual([]);
});

test("a page is served in the language requested by the browser or chosen by the viewer", async () => {
  const titled = async (path: string, headers: HeadersInit) => {
    const response = await fetch(new URL(path, origin), { headers });
    const html = await response.text();
    const [, lang] = /<html lang="(\w+)"/.exec(html) ?? [];
    return [lang, /<title>(.*?)<\/title>/.exec(html)?.[1], response.headers.get("vary")];
  };
  const german = { "accept-language": "de-AT,de;q=0.9,en;q=0.5" };
  const vary = expect.stringContaining("accept-language") as string;
  expect(await titled("/search", german)).toEqual(["de", "Suche · Kinora", vary]);
  expect(await titled("/category/science", german)).toEqual([
    ...["de", "Wissenschaft &amp; Technik · Kinora", vary],
  ]);
  const chosen = { ...german, cookie: "kinora.language=ar" };
  expect(await titled("/search", chosen)).toEqual(["ar", "بحث · Kinora", vary]);
  expect(await titled("/search", {})).toEqual(["en", "Search · Kinora", vary]);
});

test("a shared link to an unlisted or private video reveals nothing", async () => {
  const plain = await headOf("/");
  for (const { id } of [unlisted, hidden]) {
    const path = `/watch/${id}`;
    const { headers, html } = await fetched(path);
    expect(html).not.toMatch(/gulls|Boats|Nora/);
    expect(headers.get("x-robots-tag")).toBe("noindex");
    expect(await headOf(path)).toEqual(plain);
  }
  const [privateOne, nobody] = await Promise.all([
    fetched(`/watch/${hidden.id}`),
    fetched(`/watch/${newId()}`),
  ]);
  expect([privateOne.status, privateOne.html]).toEqual([404, nobody.html]);
  expect((await fetched(`/watch/${unlisted.id}`)).status).toBe(200);
});

test.each([
  "/no/such/page",
  "/watch/mistyped",
  "/watch/a/b",
  "/category/nothing",
  "/category/film/more",
  "/tag/a/b",
  "/playlist/mistyped",
  "/playlist/a/b",
  "/studio/a/b",
  "/settings/nothing",
  "/favicon.png",
])("%s shows a readable 404 page", async (path) => {
  expect((await fetched(path)).status).toBe(404);
  await page.goto(path);
  await page.getByRole("heading", { name: "Page not found" }).waitFor();
});

test.each(["/", "/search?q=a", "/sign-in", "/settings", "/settings/keys", "/studio", "/history/"])(
  "%s is served as a page",
  async (path) => expect((await fetched(path)).status).toBe(200),
);

test("pages of a query, a category, a tag and a creator have their own titles", async () => {
  const creator = (await headOf(`/watch/${video.id}`)).data?.["author"] as { url: string };
  const creatorPath = creator.url.replace(origin, "");
  // The index is updated after the video, and Pages caches an earlier response about the tag for a minute if another
  // test has requested it.
  await expect
    .poll(async () => (await headOf("/tag/sea")).canonical, { timeout: INDEX_TIMEOUT_MS })
    .toBe(`${origin}/tag/sea`);
  for (const [path, title, canonical] of [
    ["/search", "Search · Kinora", `${origin}/search`],
    ["/search?q=storm", "“storm” · Kinora", undefined],
    ["/search?category=film", "Film · Kinora", undefined],
    ["/category/film", "Film · Kinora", `${origin}/category/film`],
    ["/tag/sea", "#sea · Kinora", `${origin}/tag/sea`],
    [creatorPath, "Nora Vale · Kinora", creator.url],
  ] as const) {
    expect(await headOf(path)).toMatchObject({ title });
    expect((await headOf(path)).canonical).toBe(canonical);
    await page.goto(path);
    await page.locator(".hits, .state, .grid .card").first().waitFor();
    await expect.poll(() => page.title()).toBe(title);
  }
});

test("a shared link to a public playlist describes it, and one to any other playlist reveals nothing", async () => {
  const api = new ApiClient(origin);
  await api.signIn(video.account);
  const create = async (visibility: string) => {
    const body = { title: `Evenings, ${visibility}`, visibility };
    const { id } = Playlist.parse(await api.call("POST", "/v1/playlists", body));
    await api.call("PUT", `/v1/playlists/${id}/videos/${video.id}`, {});
    return `/playlist/${id}`;
  };
  const path = await create("public");
  const { title, canonical, meta } = await headOf(path);
  expect([title, canonical]).toEqual(["Evenings, public · Kinora", `${origin}${path}`]);
  expect(meta["description"]).toBe("1 video by Nora Vale on Kinora.");
  expect((await fetch(meta["og:image"] ?? "")).status).toBe(200);

  const plain = await headOf("/");
  for (const [visibility, status] of [
    ["unlisted", 200],
    ["private", 404],
  ] as const) {
    const other = await create(visibility);
    expect(await headOf(other)).toEqual(plain);
    const answer = await fetched(other);
    expect([answer.status, answer.headers.get("x-robots-tag")]).toEqual([status, "noindex"]);
  }
});

test("crawlers find only the public video", async () => {
  const robots = await fetched("/robots.txt");
  const [, index] = /^Sitemap: (.+)$/m.exec(robots.html) ?? [];
  const list = await (await fetch(index ?? "")).text();
  const [, first] = /<loc>(.+?)<\/loc>/.exec(list) ?? [];
  // Pages caches sitemaps, so a query string gives this one its own address.
  const sitemap = await fetch(`${first}&${newId()}`);
  const xml = await sitemap.text();
  expect(sitemap.headers.get("content-type")).toContain("application/xml");
  expect(xml).toContain(`<loc>${origin}/watch/${video.id}</loc>`);
  expect(xml).toContain("<video:title>Harbour lights &amp; &lt;storms&gt;</video:title>");
  expect(xml).not.toMatch(new RegExp(`${unlisted.id}|${hidden.id}`));
});

test("the site has its icons and its manifest", async () => {
  const types = {
    "/favicon.ico": /image\/(vnd\.microsoft\.icon|x-icon)/,
    "/apple-touch-icon.png": /image\/png/,
    "/icon-512.png": /image\/png/,
    "/site.webmanifest": /application\/manifest\+json/,
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await fetched(path);
    expect([path, status]).toEqual([path, 200]);
    expect(headers.get("content-type")).toMatch(type);
  }
  const { icons } = JSON.parse((await fetched("/site.webmanifest")).html) as {
    icons: { src: string }[];
  };
  for (const { src } of icons) expect((await fetched(src)).status).toBe(200);
});

test("a premiere shows everyone a countdown and starts the video at its time", async () => {
  const api = new ApiClient(origin);
  await api.signIn(hidden.account);
  const waiting = await openKeptPage({ baseURL: origin, timezoneId: "Asia/Tokyo" });
  const path = `/watch/${hidden.id}`;
  const plan = (seconds: number) => {
    const publishAt = new Date(Date.now() + seconds * 1000).toISOString();
    return api.call("PATCH", `/v1/videos/${hidden.id}`, { publishAt, premiere: true });
  };
  await plan(2 * 86_400 - 600);
  await waiting.goto(path);
  await waiting.getByRole("heading", { name: "Private gulls" }).waitFor();
  await waiting.getByText(/GMT\+9/).waitFor();
  expect(await waiting.getByRole("timer").textContent()).toMatch(/^1 day, 23:[45]\d:\d\d$/);
  await waiting.getByRole("link", { name: "Follow" }).waitFor();
  await waiting
    .locator("img.premiere-poster")
    .evaluate((image: HTMLImageElement) => image.decode());
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [390, 820, 1440]) {
      await waiting.emulateMedia({ colorScheme });
      await waiting.setViewportSize({ width, height: 900 });
      await waiting.evaluate(() => document.fonts.ready.then(() => undefined));
      const faults = [await violations(waiting), await isTooWide(waiting)];
      expect([width, ...faults]).toEqual([width, [], false]);
    }
  const { headers, html } = await fetched(path);
  expect(headers.get("x-robots-tag")).toBe("noindex");
  expect(html).toContain('<meta property="og:title" content="Private gulls">');
  expect(html).toMatch(/og:description" content="Premiere: .*UTC\./);
  const [, image = ""] = /og:image" content="([^"]+)"/.exec(html) ?? [];
  expect((await fetch(image)).headers.get("content-type")).toMatch(/^image\//);
  await plan(8);
  await waiting.reload();
  await waiting.getByRole("timer").waitFor();
  await waiting.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
});
