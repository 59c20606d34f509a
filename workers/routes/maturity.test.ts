import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import {
  appAs,
  call,
  newAccount,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { publish, storeCues, cue } from "../../tests/support/worker/search.ts";
import type { MaturityLimit } from "../contract/maturity-ratings.ts";
import type { Playlist } from "../contract/playlists.ts";
import { ACCESS, type Operation, type Rule } from "../domain/access-rules.ts";
import { newId } from "../domain/id.ts";
import { ANONYMOUS, type SignedIn } from "../domain/principal.ts";
import { app as api } from "../app.ts";
import { anonymousOf } from "../auth/bearer.ts";

/** Part of the title of each video in this file, so that videos of other tests in the database do not count. */
const WORD = `zq${newId().toLowerCase().slice(0, 10)}`;
const FOR_CHILDREN = `${WORD} for children`;
const TOO_HIGH = [`${WORD} for adults`, `${WORD} for youths`, `${WORD} without a rating`];

let creator: SignedIn & { app: TestApp };
let viewer: SignedIn & { app: TestApp };
/** Four videos; the one for children comes first. */
let ids: string[];
let playlist: string;
let series: string;

beforeAll(async () => {
  creator = await newAccount("creator");
  viewer = await newAccount("viewer");
  const common = {
    ownerId: creator.userId,
    category: "travel",
    tags: [WORD],
    width: 1920,
    height: 1080,
    posterPath: "files/images.0/poster.jpg",
    views: 1000,
    popularity: 99,
    duration: 60,
    publication: 1,
    // Newer than those of other tests, so that they are on the home page.
    publishedAt: Date.now() + 60_000,
  };
  ids = await publish(
    { ...common, title: FOR_CHILDREN, maturityRating: "7" },
    { ...common, title: TOO_HIGH[0]!, maturityRating: "18" },
    { ...common, title: TOO_HIGH[1]!, maturityRating: "12" },
    { ...common, title: TOO_HIGH[2]! },
  );
  const create = async (kind: string): Promise<string> => {
    const body = { title: "All", kind, visibility: "public" };
    const response = await call(creator.app, "POST", "/v1/playlists", body);
    return (await response.json<Playlist>()).id;
  };
  [playlist, series] = [await create("playlist"), await create("series")];
  for (const id of ids) {
    for (const list of [playlist, series])
      await call(creator.app, "PUT", `/v1/playlists/${list}/videos/${id}`, {});
    await storeCues(id, [cue(1, "Hello")]);
    await call(viewer.app, "PUT", `/v1/videos/${id}/progress`, { position: 5 });
    for (const mark of ["watchlist", "like"])
      await call(viewer.app, "PUT", `/v1/videos/${id}/${mark}`);
  }
  await call(viewer.app, "PUT", `/v1/me/follows/${creator.userId}`);
});

const limited = (account: SignedIn, maturityLimit: MaturityLimit = "7") =>
  appAs({ ...account, maturityLimit });

/** Reads that show videos, for viewers with and without an account. */
const READS: Partial<Record<Operation, () => string[]>> = {
  "videos.list": () =>
    ["newest", "oldest", "title", "popular"].flatMap((sort) => [
      `/v1/videos?creator=${creator.userId}&sort=${sort}`,
      `/v1/videos?creator=${creator.userId}&category=travel&sort=${sort}`,
    ]),
  "search.query": () => [
    ...["relevance", "newest", "longest", "popular"].map(
      (sort) => `/v1/search?q=${WORD}&sort=${sort}`,
    ),
    `/v1/search?q="${WORD}"`,
    `/v1/search?category=travel&creator=${creator.userId}`,
    `/v1/search?tag=${WORD}`,
    `/v1/search?q=${WORD}&minDuration=10`,
  ],
  "search.suggest": () => [`/v1/suggest?q=${WORD}&limit=20`],
  "search.feed": () => ["/v1/feed"],
  "search.related": () => [`/v1/videos/${ids[0]}/related`],
  "creators.rss": () => [`/v1/creators/${creator.userId}/feed.xml`],
  "playlists.get": () => [`/v1/playlists/${playlist}`, `/v1/playlists/${series}?at=${ids[0]}`],
};

/** The same for viewers with an account only. */
const OWN_READS: Partial<Record<Operation, () => string[]>> = {
  "follows.videos": () => ["/v1/me/followed-videos"],
  "notifications.list": () => ["/v1/me/notifications"],
  "history.list": () => ["/v1/history"],
  "watchlist.list": () => ["/v1/watchlist"],
  "likes.list": () => ["/v1/likes"],
};

/** All other reads of viewers, which show no videos, or only one that is requested by id. */
const WITHOUT_VIDEOS: readonly string[] = [
  "videos.get",
  "videos.share",
  "videos.premiere",
  "videos.premiere-poster",
  "captions.get",
  "progress.get",
  "oembed.get",
  "creators.get",
  "follows.list",
  "follows.get",
  "profiles.list",
  "digest.get",
  "push.get",
  // Read through a link that only a creator gets, for their own video.
  "files.get",
  "site.get",
  "site.logo",
  "site.legal",
  "health.live",
  "health.ready",
  "playlists.list",
  "watch-settings.get",
  "robots.get",
  "sitemap.index",
  "sitemap.categories",
  "sitemap.videos",
  "categories.list",
  "account.export",
  "account.sign-in-options",
  "account.me",
  "tokens.list",
  "grants.list",
];

async function textsOf(app: TestApp, paths: readonly string[]): Promise<string> {
  const bodies: string[] = [];
  for (const path of paths) {
    const response = await call(app, "GET", path);
    const text = await response.text();
    expect([path, response.status, text.includes(FOR_CHILDREN)]).toEqual([
      path,
      200,
      // The home video is not similar to itself.
      !path.endsWith("/related") && text !== "",
    ]);
    bodies.push(text);
  }
  return bodies.join("\n");
}

test("this test covers every read operation that viewers have", () => {
  const document = api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Kinora", version: "1" },
  });
  const reads = Object.values(document.paths ?? {}).flatMap((item) => item?.get?.operationId ?? []);
  const ofViewers = reads.filter((id) =>
    (ACCESS[id as Operation] satisfies Rule as Rule).roles.includes("viewer"),
  );
  const known = [...Object.keys(READS), ...Object.keys(OWN_READS), ...WITHOUT_VIDEOS];
  expect(ofViewers.toSorted()).toEqual(known.toSorted());
});

test.each(Object.keys({ ...READS, ...OWN_READS }))(
  "%s shows everything without a maturity limit, and only suitable videos with one",
  async (operation) => {
    const paths = (READS[operation as Operation] ?? OWN_READS[operation as Operation])!();
    const all = await textsOf(viewer.app, paths);
    for (const title of TOO_HIGH) expect(all).toContain(title);
    const callers = [limited(viewer)];
    if (operation in READS)
      callers.push(
        appAs({ ...ANONYMOUS, maturityLimit: "7" }),
        // A token without the scope is treated as none and keeps its limit.
        appAs({ ...viewer, scopes: new Set(), maturityLimit: "7" }),
      );
    for (const app of callers) {
      const some = await textsOf(app, paths);
      for (const title of TOO_HIGH) expect(some).not.toContain(title);
      for (const id of ids.slice(1)) expect(some).not.toContain(id);
    }
  },
);

test("a profile's limit also hides the creator's own videos", async () => {
  const app = limited({ ...creator, role: "viewer" });
  const own = await textsOf(app, ["/v1/videos?creator=me", `/v1/playlists/${series}`]);
  for (const title of TOO_HIGH) expect(own).not.toContain(title);
});

test("search counts only suitable videos, also per category, creator and tag", async () => {
  const { total, facets } = await (
    await call(limited(viewer), "GET", `/v1/search?q=${WORD}`)
  ).json<{
    total: { value: number };
    facets: { category: { count: number }[] };
  }>();
  expect([total.value, facets.category]).toEqual([1, [{ value: "travel", count: 1 }]]);
});

/** Requests with a video id in their path, all of which succeed for anyone else. */
const DEEP_LINKS = [
  ["GET", ""],
  ["POST", "/playback"],
  ["POST", "/watch"],
  ["GET", "/captions/en"],
  ["GET", "/related"],
  ["GET", "/sharing"],
  ["GET", "/premiere"],
  ["GET", "/premiere/poster"],
  ["GET", "/progress"],
  ["PUT", "/progress", { position: 1 }],
  ["PUT", "/watchlist"],
  ["PUT", "/like"],
  ["POST", "/reports", { reason: "spam" }],
] as const;

test.each(DEEP_LINKS)(
  "%s /v1/videos/{id}%s of a video above the limit is refused",
  async (...given) => {
    const [method, rest, body] = given;
    for (const id of ids.slice(1)) {
      const path = `/v1/videos/${id}${rest}`;
      const refused = await problemOf(await call(limited(viewer), method, path, body));
      expect(refused).toMatchObject({ code: "above_maturity_limit", status: 403 });
      expect(JSON.stringify(refused)).not.toContain(WORD);
      expect((await call(viewer.app, method, path, body)).status).toBeLessThan(300);
    }
    const suitable = await call(limited(viewer), method, `/v1/videos/${ids[0]}${rest}`, body);
    expect(suitable.status).toBeLessThan(300);
  },
);

test("a deployment's limit for visitors also applies to what other sites are told", async () => {
  const visitor = anonymousOf({ ...env, ANONYMOUS_MATURITY_LIMIT: "12" });
  expect(visitor).toEqual({ kind: "anonymous", maturityLimit: "12" });
  expect(anonymousOf(env)).toEqual({ kind: "anonymous" });
  expect(() => anonymousOf({ ...env, ANONYMOUS_MATURITY_LIMIT: "eleven" })).toThrow(/Invalid/);
  const app = appAs(visitor);
  const embed = (id = "") =>
    call(app, "GET", `/oembed?url=${encodeURIComponent(`${env.PUBLIC_ORIGIN}/watch/${id}`)}`);
  const statuses = await Promise.all(ids.map(async (id) => (await embed(id)).status));
  expect(statuses).toEqual([200, 404, 200, 404]);
  const { n } = (await env.CATALOG.prepare("SELECT max(rowid) AS n FROM videos").first<{
    n: number;
  }>())!;
  const sitemaps = await Promise.all(
    Array.from({ length: Math.ceil(n / 1000) }, async (_, page) =>
      (await call(app, "GET", `/sitemaps/videos.xml?page=${page}`)).text(),
    ),
  );
  expect(ids.map((id) => sitemaps.join().includes(id))).toEqual([true, false, true, false]);
});

test("a creator rates a video and removes the rating", async () => {
  const [, adult = ""] = ids;
  const rate = async (maturityRating: string | null) =>
    (await call(creator.app, "PATCH", `/v1/videos/${adult}`, { maturityRating })).json<{
      maturityRating: string | null;
    }>();
  expect(await rate(null)).toMatchObject({ maturityRating: null });
  expect(await rate("16")).toMatchObject({ maturityRating: "16" });
  const wrong = await call(creator.app, "PATCH", `/v1/videos/${adult}`, { maturityRating: "13" });
  expect((await problemOf(wrong)).code).toBe("invalid_request");
  await rate("18");
});
