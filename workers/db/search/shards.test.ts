import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { SearchQuery } from "../../contract/search.ts";
import { searchVideos } from "../../domain/search/search.ts";
import { publish } from "../../domain/search/search.fixture.ts";
import { catalog } from "../client.ts";
import { findVideos } from "../videos.ts";
import { toDocuments } from "../../jobs/index-video.ts";
import { publishDocuments, publishMoments } from "./publish.ts";
import { searchDatabases, shardOf } from "./shards.ts";
import { putDocuments } from "./write.ts";

/** Enough that every limit of the candidate lists is reached, and that of a scan within bounds in one shard only. */
const FILMS = 900;
const WORDS = ["river", "night", "garden", "silver", "winter", "stranger", "letter"];
const word = (i: number) => WORDS[i % WORDS.length] ?? "";

/** Databases that only this test binds (vitest.config.ts). */
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

test("one, two and four shards, and captions apart, give the same first page", async () => {
  const ids = await publish(
    ...Array.from({ length: FILMS }, (_, i) => ({
      title: `The ${word(i)} ${word(i * 3 + 1)} ${i}`,
      description: `A ${word(i + 2)} in the ${word(i * 5)}. hundred${i % 70} letterhead${i % 60}`,
      category: i % 2 === 0 ? "film" : "music",
      duration: 60 + ((i * 7919) % 7200),
      // More without any than can be sorted.
      views: i % 3 === 0 ? (i * 104_729) % 50_000 : 0,
      publishedAt: Date.UTC(2024, 0, 1) + i * 3_600_000,
    })),
  );
  const db = catalog(env);
  const documents = await toDocuments(db, await findVideos(db, ids));
  const layouts = await Promise.all([1, 2, 4].map(layout));
  const spoken = documents.filter((_, i) => i % 9 === 0);
  for (const layoutEnv of layouts) {
    await publishDocuments(layoutEnv, ["a"], documents, []);
    await publishMoments(layoutEnv, ["a"], spoken, () => ({
      stamp: "en",
      read: async () => Array.from({ length: 3 }, () => "a helicopter over the bay"),
    }));
  }
  expect(layouts.map((layoutEnv) => searchDatabases(layoutEnv).length)).toEqual([1, 2, 4]);
  expect(new Set(ids.map((id) => shardOf(id, 4))).size).toBe(4);

  // Captions in a database of their own: that of the first layout has all of them.
  const apart = { ...layouts[1], MOMENTS: layouts[0]?.SEARCH } as unknown as Env;
  for (const given of QUERIES) {
    const query = SearchQuery.parse(given);
    const pages = [];
    for (const layoutEnv of [...layouts, apart]) {
      const { items, total, facets } = await searchVideos(layoutEnv, query);
      pages.push({ query: given, ids: items.map((item) => item.video.id), total, facets });
    }
    expect(pages[0]?.ids.length).toBeGreaterThan(0);
    expect(pages[1]).toEqual(pages[0]);
    expect(pages[2]).toEqual(pages[0]);
    expect(pages[3]).toEqual(pages[0]);
  }

  const whole = await Promise.all(layouts.map(pagesByViews));
  expect(whole[0]?.toSorted()).toEqual(ids.toSorted());
  expect(whole[1]).toEqual(whole[0]);
  expect(whole[2]).toEqual(whole[0]);
}, 240_000);

/** Ids of all videos, page by page. */
async function pagesByViews(layoutEnv: Env): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = SearchQuery.parse({ q: "", sort: "popular", limit: 48, cursor });
    const page = await searchVideos(layoutEnv, query);
    seen.push(...page.items.map((item) => item.video.id));
    cursor = page.nextCursor;
  }
  return seen;
}

test("a video that two shards have, while their number changes, is shown once", async () => {
  const [id = ""] = await publish({ title: "Doubled Pelican" });
  const db = catalog(env);
  const documents = await toDocuments(db, await findVideos(db, [id]));
  const layoutEnv = await layout(2);
  for (const shard of searchDatabases(layoutEnv)) await putDocuments(shard, "a", documents);
  for (const sort of ["relevance", "newest"]) {
    const { items, total } = await searchVideos(
      layoutEnv,
      SearchQuery.parse({ q: "pelican ", sort }),
    );
    expect(items.map((item) => item.video.id)).toEqual([id]);
    expect(total.value).toBe(1);
  }
});
