import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { catalog } from "./client.ts";
import { changedAfter, viewsOutdated } from "./index-lag.ts";
import { sitemapVideos } from "./sitemap.ts";
import { listVideos, popularNow, type VideoFilter } from "./video-list.ts";
import { listedIds } from "./videos.ts";

const PUBLIC: VideoFilter = { scope: "public", maturityLimit: null };
const CATEGORY: VideoFilter = { ...PUBLIC, category: "film" };
const CREATOR: VideoFilter = { ...PUBLIC, ownerId: "creator" };
const OWN: VideoFilter = { scope: "own", ownerId: "creator", maturityLimit: null };
const LIMITED: VideoFilter = { ...PUBLIC, maturityLimit: "7" };
const LIMITED_CATEGORY: VideoFilter = { ...CATEGORY, maturityLimit: "7" };
const HIDDEN: VideoFilter = { ...OWN, state: "ready", visibility: "private", category: "film" };
const CASES = [
  { list: "all", filter: PUBLIC, sort: "newest", index: "videos_listed_date" },
  { list: "all", filter: PUBLIC, sort: "oldest", index: "videos_listed_date" },
  { list: "all", filter: PUBLIC, sort: "popular", index: "videos_listed_views" },
  { list: "all", filter: PUBLIC, sort: "title", index: "videos_listed_title" },
  { list: "a category", filter: CATEGORY, sort: "newest", index: "videos_listed_category" },
  { list: "a category", filter: CATEGORY, sort: "oldest", index: "videos_listed_category" },
  { list: "a category", filter: CATEGORY, sort: "popular", index: "videos_category_views" },
  { list: "a category", filter: CATEGORY, sort: "title", index: "videos_category_title" },
  { list: "a creator", filter: CREATOR, sort: "newest", index: "videos_listed_owner" },
  { list: "a creator", filter: CREATOR, sort: "oldest", index: "videos_listed_owner" },
  { list: "a creator", filter: CREATOR, sort: "popular", index: "videos_listed_owner_views" },
  { list: "a creator", filter: CREATOR, sort: "title", index: "videos_listed_owner_title" },
  { list: "all within a limit", filter: LIMITED, sort: "newest", index: "videos_rated_date" },
  {
    list: "a category within a limit",
    filter: LIMITED_CATEGORY,
    sort: "newest",
    index: "videos_rated_category",
  },
  { list: "one's own", filter: OWN, sort: "newest", index: "videos_owner" },
  { list: "one's own", filter: OWN, sort: "oldest", index: "videos_owner" },
  { list: "one's own", filter: OWN, sort: "popular", index: "videos_owner_views" },
  { list: "one's own", filter: OWN, sort: "title", index: "videos_owner_title" },
  { list: "one's own hidden", filter: HIDDEN, sort: "newest", index: "videos_owner" },
  { list: "one's own hidden", filter: HIDDEN, sort: "title", index: "videos_owner_title" },
] as const;

/** The query plan of SQLite. */
async function planOf(query: { toSQL: () => { sql: string; params: unknown[] } }): Promise<string> {
  const { sql, params } = query.toSQL();
  const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  return results.map((step) => step.detail).join("; ");
}

test.each(CASES)("the list of $list by $sort walks $index and sorts nothing", async (given) => {
  for (const after of [null, [5, "some-id"] satisfies [number, string]]) {
    const plan = await planOf(listVideos(catalog(env), given.filter, given.sort, after, 20));
    expect(plan).toMatch(new RegExp(`USING INDEX ${given.index}\\b`));
    expect(plan).not.toContain("TEMP B-TREE");
  }
});

test("the queries of the cron, and the home page over all videos each walk an index", async () => {
  const db = catalog(env);
  const plans = await Promise.all(
    [
      popularNow(db, null, 16),
      popularNow(db, "7", 16),
      viewsOutdated(db, 100),
      changedAfter(db, { updatedAt: 1, id: "some-id" }, 5, 500),
    ].map(planOf),
  );
  expect(plans.map((plan) => / (videos_\w+)/.exec(plan)?.[1])).toEqual([
    "videos_listed_popularity",
    "videos_rated_popularity",
    "videos_views_outdated",
    "videos_updated",
  ]);
  expect(plans.join()).not.toContain("TEMP B-TREE");
  expect(await planOf(sitemapVideos(db, null, 3, 1000))).toBe(
    "SEARCH videos USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
  );
});

test("a page of a rebuild of the search index begins after the last id, and sorts nothing", async () => {
  const counting = new CountingD1(env.CATALOG);
  await listedIds(catalog({ CATALOG: counting.binding }), "some-id", 10);
  const [statement] = counting.statements;
  const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${statement?.sql}`)
    .bind(...(statement?.values ?? []))
    .all<{ detail: string }>();
  expect(results.map(({ detail }) => detail)).toEqual([
    "SEARCH videos USING INDEX sqlite_autoindex_videos_1 (id>?)",
  ]);
});
