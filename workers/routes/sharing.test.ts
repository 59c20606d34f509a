import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { VideoSharing } from "../contract/sharing.ts";
import { newId } from "../domain/id.ts";
import { catalog } from "../db/client.ts";
import { sitemapVideos } from "../db/sitemap.ts";
import { countEver } from "../db/videos.ts";
import {
  anonymous,
  call,
  HIDDEN,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";

async function sharingOf(id: string, app: Parameters<typeof call>[0] = anonymous) {
  const response = await call(app, "GET", `/v1/videos/${id}/sharing`);
  return VideoSharing.parse(await response.json()).video;
}
const addressesIn = (xml: string) =>
  Array.from(xml.matchAll(/<loc>([^<]*)<\/loc>/g), ([, address]) => address ?? "");
const sitemap = async (path: string) => (await call(anonymous, "GET", path)).text();

/** All pages of the sitemap, as one text. */
async function wholeSitemap(): Promise<string> {
  const pages = addressesIn(await sitemap("/sitemap.xml"));
  const texts = await Promise.all(
    pages.map((address) => sitemap(address.replace(env.PUBLIC_ORIGIN, ""))),
  );
  return texts.join("\n");
}

test("a public video is described with absolute URLs and the chapters of its description", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, {
    title: "Harbour",
    description: "0:00 Boats\n0:20 Storm\n0:50 Calm",
    posterPath: "files/images.1/poster.jpg",
    width: 1080,
    height: 1920,
  });
  expect(await sharingOf(id)).toMatchObject({
    title: "Harbour",
    url: `${env.PUBLIC_ORIGIN}/watch/${id}`,
    embedUrl: `${env.PUBLIC_ORIGIN}/embed/${id}`,
    image: `${env.PUBLIC_ORIGIN}/images/${id}/1/files/images.1/poster.jpg`,
    width: 405,
    height: 720,
    creator: { name: `Name of ${userId}` },
    clips: [
      { title: "Boats", start: 0, end: 20 },
      { title: "Storm", start: 20, end: 50 },
      { title: "Calm", start: 50, end: 60 },
    ],
  });
});

test("metadata does not reveal in which countries a video may be watched or which sites may frame it", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, {
    title: "Ruled",
    posterPath: "files/images.1/poster.jpg",
    playbackRules: { countries: { allow: ["ZW", "XK"] }, origins: ["https://shop.example"] },
  });
  const watch = encodeURIComponent(`${env.PUBLIC_ORIGIN}/watch/${id}`);
  const texts = [await wholeSitemap()];
  for (const path of [`/v1/videos/${id}`, `/v1/videos/${id}/sharing`, `/oembed?url=${watch}`]) {
    texts.push(await (await call(anonymous, "GET", path)).text());
  }
  for (const text of texts) {
    expect(text).toContain(id);
    expect(text).not.toMatch(/\b(?:ZW|XK)\b|shop\.example/);
  }
});

test("a video that only some sites may frame has no player in its metadata", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, { playbackRules: { origins: ["https://shop.example"] } });
  expect((await sharingOf(id))?.embedUrl).toBeNull();
});

test("a video that is not public has no metadata, not even for its creator", async () => {
  const { userId, app } = await newAccount();
  const unlisted = await newVideo(userId, { visibility: "unlisted" });
  expect([await sharingOf(unlisted), await sharingOf(unlisted, app)]).toEqual([null, null]);
  for (const change of HIDDEN) {
    const id = await newVideo(userId, change);
    const response = await call(anonymous, "GET", `/v1/videos/${id}/sharing`);
    expect((await problemOf(response)).code).toBe("not_found");
  }
});

test("robots.txt names the sitemap", async () => {
  const text = await sitemap("/robots.txt");
  expect(text).toContain(`Sitemap: ${env.PUBLIC_ORIGIN}/sitemap.xml`);
  expect(text).not.toMatch(/Disallow: \/(watch|v1|images|media|assets)?\n/);
});

test("the sitemap lists public videos only, as well-formed XML", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, {
    title: `<b> & "quotes" \u0001${"x".repeat(150)}`,
    description: "",
    posterPath: "files/images.1/poster.jpg",
    duration: 59.6,
  });
  const hidden = await Promise.all([
    ...HIDDEN.map((change) => newVideo(userId, change)),
    newVideo(userId, { visibility: "unlisted" }),
  ]);
  const xml = await wholeSitemap();
  const entry = xml.split("<url>").find((text) => text.includes(`/watch/${id}<`)) ?? "";
  expect(entry).toContain("<video:title>&lt;b&gt; &amp; &quot;quotes&quot; xxx");
  expect(entry).toContain("<video:duration>60</video:duration>");
  expect(entry).toContain(`/images/${id}/1/files/images.1/poster.jpg</video:thumbnail_loc>`);
  for (const other of hidden) expect(xml).not.toContain(other);
  // oxlint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/\u0001|&(?!amp;|lt;|gt;|quot;|apos;)/);
});

test("the pages of the sitemap list every row once", async () => {
  const { userId } = await newAccount();
  const ids = [];
  for (let count = 0; count < 5; count++) ids.push(await newVideo(userId));
  const db = catalog(env);
  const rows = await countEver(db);
  // Other tests have left rows, so the page size is derived from their number.
  const perPage = Math.ceil(rows / 7);
  const pages = [];
  for (let page = 0; page < 7; page++)
    pages.push(...(await sitemapVideos(db, null, page, perPage)));
  const found = pages.map(({ id }) => id);
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(ids));
  expect(addressesIn(await sitemap("/sitemaps/videos.xml?page=4000"))).toEqual([]);
});

test("a sitemap page that is not in the index is refused", async () => {
  const response = await call(anonymous, "GET", `/sitemaps/videos.xml?page=${newId()}`);
  expect((await problemOf(response)).code).toBe("invalid_request");
});
