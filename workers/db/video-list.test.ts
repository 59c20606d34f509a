import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "./client.ts";
import { changedAfter, viewsOutdated } from "./index-lag.ts";
import { sitemapVideos } from "./sitemap.ts";
import { listVideos, popularNow, type VideoFilter } from "./video-list.ts";

const PUBLIC: VideoFilter = { scope: "public" };
const CASES = [
  { filter: PUBLIC, sort: "newest", index: "videos_listed_date" },
  { filter: PUBLIC, sort: "oldest", index: "videos_listed_date" },
  { filter: PUBLIC, sort: "popular", index: "videos_listed_views" },
  { filter: PUBLIC, sort: "title", index: "videos_listed_title" },
  { filter: { ...PUBLIC, category: "film" }, sort: "newest", index: "videos_listed_category" },
] as const;

/** The query plan of SQLite. */
async function planOf(query: { toSQL: () => { sql: string; params: unknown[] } }): Promise<string> {
  const { sql, params } = query.toSQL();
  const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  return results.map((step) => step.detail).join("; ");
}

test.each(CASES)("the list by $sort walks $index and sorts nothing", async (given) => {
  for (const after of [null, [5, "some-id"] satisfies [number, string]]) {
    const plan = await planOf(listVideos(catalog(env), given.filter, given.sort, after, 20));
    expect(plan).toContain(`USING INDEX ${given.index}`);
    expect(plan).not.toContain("TEMP B-TREE");
  }
});

test("the queries of the cron, the home page and the sitemap over all videos each walk an index", async () => {
  const db = catalog(env);
  const plans = await Promise.all(
    [
      popularNow(db, 16),
      viewsOutdated(db, 100),
      changedAfter(db, { updatedAt: 1, id: "some-id" }, 5, 500),
      sitemapVideos(db, { publishedAt: 1, id: "some-id" }, 1000),
    ].map(planOf),
  );
  expect(plans.map((plan) => / (videos_\w+)/.exec(plan)?.[1])).toEqual([
    "videos_listed_popularity",
    "videos_views_outdated",
    "videos_updated",
    "videos_listed_date",
  ]);
  expect(plans.join()).not.toContain("TEMP B-TREE");
});
