import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { SearchQuery } from "../../contract/search.ts";
import { searchVideos } from "../../services/search/search.ts";
import { publish } from "../../../tests/support/worker/search.ts";
import { catalog } from "../client.ts";
import { findVideos } from "../videos.ts";
import { toDocuments } from "../../jobs/search/index-video.ts";
import { MAX_WHOLE_RESULT } from "./candidate-statement.ts";
import { publishDocuments, publishCaptions } from "./publish.ts";
import { searchDatabases, shardOf } from "./shards.ts";
import { putDocuments } from "./write.ts";

/** Enough to reach every limit of the candidate lists, and the limit of the range scan only with a single shard. */
const VIDEO_COUNT = 900;
const WORDS = ["river", "night", "garden", "silver", "winter", "stranger", "letter"];
const word = (i: number) => WORDS[i % WORDS.length] ?? "";

/** Databases that are bound only for this test (vitest.config.ts). */
const extra = env as unknown as {
  SEARCH_MIGRATIONS: D1Migration[];
  [shard: `SHARD_${string}`]: D1Database;
};

async function layout(shards: number): Promise<Env> {
  const databases = Array.from(
    { length: shards },
    (_, n) => extra[`SHARD_${shards}${n}`] ?? env.SEARCH,
  );
  for (const db of databases) await applyD1Migrations(db, extra.SEARCH_MIGRATIONS);
  const bindings = databases.map((db, n) => [n === 0 ? "SEARCH" : `SEARCH_${n}`, db]);
  return { ...env, ...Object.fromEntries(bindings) } as Env;
}

const QUERIES = [
  { q: "river" },
  { q: "river night " },
  { q: "ri" },
  { q: "stranegr" },
  { q: "the garden letter" },
  { q: "silver", sort: "newest" },
  { q: "", sort: "longest" },
  { q: "winter", category: "film", sort: "popular" },
  { q: "nothing of the kind" },
  { q: "", minDuration: 7000, maxDuration: 7100 },
  { q: "night", maxDuration: 3600, publishedAfter: "2024-01-05T00:00:00Z" },
  { q: "", minDuration: 3600, sort: "popular" },
  { q: "helicopter " },
  { q: "helicopter -river" },
  { q: "letterhe" },
  { q: "hundreth" },
];

const videos = Array.from({ length: VIDEO_COUNT }, (_, i) => ({
  title: `The ${word(i)} ${word(i * 3 + 1)} ${i}`,
  description: `A ${word(i + 2)} in the ${word(i * 5)}. hundred${i % 70} letterhead${i % 60}`,
  category: i % 2 === 0 ? "film" : "music",
  // No two values are equal.
  duration: 60 + ((i * 7919) % 7200),
  // More videos without views than can be sorted.
  views: i % 3 === 0 ? (i * 104_729) % 50_000 : 0,
  publishedAt: Date.UTC(2024, 0, 1) + i * 3_600_000,
}));
let ids: string[];
/** Indexes with one, two and four shards that each contain all videos. */
let layouts: Env[];

beforeAll(async () => {
  ids = await publish(...videos);
  const db = catalog(env);
  const documents = await toDocuments(db, await findVideos(db, ids));
  layouts = await Promise.all([1, 2, 4].map(layout));
  const captioned = documents.filter((_, i) => i % 9 === 0);
  for (const layoutEnv of layouts) {
    await publishDocuments(layoutEnv, ["a"], documents, []);
    await publishCaptions(layoutEnv, ["a"], captioned, () => ({
      stamp: "en",
      read: async () =>
        [0, 1, 2].map((window) => ({ window, track: 0, text: "a helicopter over the bay" })),
    }));
  }
}, 120_000);

test("one, two and four shards, and a separate database of captions, give the same first page", async () => {
  expect(layouts.map((layoutEnv) => searchDatabases(layoutEnv).length)).toEqual([1, 2, 4]);
  expect(new Set(ids.map((id) => shardOf(id, 4))).size).toBe(4);

  // Captions in a separate database: the one of the first layout contains all of them.
  const apart = { ...layouts[1], CUES: layouts[0]?.SEARCH } as unknown as Env;
  for (const given of QUERIES) {
    const query = SearchQuery.parse(given);
    const pages = [];
    for (const layoutEnv of [...layouts, apart]) {
      const { items, total, facets } = await searchVideos(layoutEnv, query, null);
      pages.push({ query: given, ids: items.map((item) => item.video.id), total, facets });
    }
    expect(pages[0]?.ids.length).toBeGreaterThan(0);
    expect(pages[1]).toEqual(pages[0]);
    expect(pages[2]).toEqual(pages[0]);
    expect(pages[3]).toEqual(pages[0]);
  }
}, 240_000);

test("one, two and four shards give the same pages by views", async () => {
  const pages = { q: "", sort: "popular" };
  const whole = await Promise.all(layouts.map((layoutEnv) => everyPage(layoutEnv, pages)));
  expect(whole[0]?.toSorted()).toEqual(ids.toSorted());
  expect(whole[1]).toEqual(whole[0]);
  expect(whole[2]).toEqual(whole[0]);
}, 240_000);

type TestVideo = (typeof videos)[number];

test.each([
  // Each shard alone has few enough videos in the range to be read completely, but all shards together have too many.
  // No edge of the range is an edge in the index.
  [
    { sort: "longest", minDuration: 1234.5, maxDuration: 3456.5 },
    ({ duration }: TestVideo) => duration,
    [1234.5, 3456.5],
  ],
  [
    {
      sort: "newest",
      publishedAfter: "2024-01-08T11:31:07.009Z",
      publishedBefore: "2024-01-19T16:59:59.999Z",
    },
    ({ publishedAt }: TestVideo) => publishedAt,
    [Date.UTC(2024, 0, 8, 11, 31, 7, 9), Date.UTC(2024, 0, 19, 16, 59, 59, 999)],
  ],
] as const)(
  "the pages of %j list the videos within the range in order",
  async (query, valueOf, edges) => {
    const within = videos
      .map((video, i) => ({ id: ids[i], value: valueOf(video) }))
      .filter(({ value }) => edges[0] <= value && value <= edges[1])
      .toSorted((a, b) => b.value - a.value)
      .map(({ id }) => id);
    expect(within.length).toBeGreaterThan(MAX_WHOLE_RESULT);
    for (const layoutEnv of layouts) expect(await everyPage(layoutEnv, query)).toEqual(within);
  },
  120_000,
);

/** Ids of all results, page by page. */
async function everyPage(layoutEnv: Env, given: object): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = SearchQuery.parse({ ...given, limit: 48, cursor });
    const page = await searchVideos(layoutEnv, query, null);
    found.push(...page.items.map((item) => item.video.id));
    expect(found.length).toBeLessThanOrEqual(VIDEO_COUNT);
    cursor = page.nextCursor;
  }
  return found;
}

test("a video in two shards, while their number is being changed, is shown once", async () => {
  const [id = ""] = await publish({ title: "Doubled Pelican" });
  const db = catalog(env);
  const documents = await toDocuments(db, await findVideos(db, [id]));
  const layoutEnv = await layout(2);
  for (const shard of searchDatabases(layoutEnv)) await putDocuments(shard, "a", documents);
  for (const sort of ["relevance", "newest"]) {
    const { items, total } = await searchVideos(
      layoutEnv,
      SearchQuery.parse({ q: "pelican ", sort }),
      null,
    );
    expect(items.map((item) => item.video.id)).toEqual([id]);
    expect(total.value).toBe(1);
  }
});
