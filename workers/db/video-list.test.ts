import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { catalog } from "./client.ts";
import { changedAfter, viewsOutdated } from "./index-lag.ts";
import { sitemapVideos } from "./sitemap.ts";
import { listTitles, listVideos, popularNow, type VideoFilter } from "./video-list.ts";
import { sameContent, sameFingerprint } from "./duplicates.ts";
import { listedIds } from "./videos.ts";

const PUBLIC: VideoFilter = { scope: "public", maturityLimit: null };
const CATEGORY: VideoFilter = { ...PUBLIC, category: "film" };
const CREATOR: VideoFilter = { ...PUBLIC, ownerId: "creator" };
const OWN: VideoFilter = { scope: "own", ownerId: "creator", maturityLimit: null };
const LIMITED: VideoFilter = { ...PUBLIC, maturityLimit: "7" };
const LIMITED_CATEGORY: VideoFilter = { ...CATEGORY, maturityLimit: "7" };
const HIDDEN: VideoFilter = { ...OWN, state: "ready", visibility: "private", category: "film" };
const ASKED: VideoFilter = {
  ...HIDDEN,
  created: [5, 9],
  ids: ["some-id"],
  hasProblem: true,
};
const OWN_INDEXES = [
  ["newest", "videos_owner"],
  ["oldest", "videos_owner"],
  ["title", "videos_owner_title"],
  ["title-desc", "videos_owner_title"],
  ["popular", "videos_owner_views"],
  ["least-viewed", "videos_owner_views"],
  ["longest", "videos_owner_duration"],
  ["shortest", "videos_owner_duration"],
  ["largest", "videos_owner_size"],
  ["smallest", "videos_owner_size"],
] as const;
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
  ...OWN_INDEXES.flatMap(([sort, index]) => [
    { list: "one's own", filter: OWN, sort, index },
    { list: "one's own hidden", filter: HIDDEN, sort, index },
    { list: "one's own by every filter", filter: ASKED, sort, index },
  ]),
] as const;

/** The query plan of SQLite. */
async function planOf(query: { toSQL: () => { sql: string; params: unknown[] } }): Promise<string> {
  const { sql, params } = query.toSQL();
  const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  return results.map((step) => step.detail).join("; ");
}

test.each(CASES)("the list of $list by $sort reads $index and needs no sorting", async (given) => {
  for (const after of [null, [5, "some-id"] satisfies [number, string]])
    for (const list of [listVideos, listTitles]) {
      const plan = await planOf(list(catalog(env), given.filter, given.sort, after, 20));
      expect(plan).toMatch(new RegExp(`USING INDEX ${given.index}\\b`));
      expect(plan).not.toContain("TEMP B-TREE");
      // A later page begins where the last one ended.
      if (after !== null) expect(plan).toMatch(new RegExp(`${given.index} \\([^)]*[<>]\\?`));
    }
});

test("the cron's queries and the home page read an index each", async () => {
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

test("a search rebuild reads its next page by id, without sorting", async () => {
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

test("a duplicate file is searched for only among videos of the same size", async () => {
  const counting = new CountingD1(env.CATALOG);
  const db = catalog({ CATALOG: counting.binding });
  const sha256 = "a".repeat(64);
  await env.CATALOG.prepare(
    "INSERT INTO storage_checks (video_id, source_sha256) VALUES ('some-id', ?)",
  )
    .bind(sha256)
    .run();
  await sameFingerprint(db, "creator", { fingerprint: sha256, size: 5 });
  await sameContent(db, { id: "some-id", ownerId: "creator", sourceBytes: 5 });
  const plans = await Promise.all(
    counting.statements.map(async ({ sql, values }) => {
      const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...values)
        .all<{ detail: string }>();
      return results.map(({ detail }) => / USING INDEX (\w+) /.exec(detail)?.[1]);
    }),
  );
  expect(plans).toEqual([
    ["videos_owner_size"],
    ["sqlite_autoindex_storage_checks_1"],
    ["videos_owner_size", "sqlite_autoindex_storage_checks_1"],
  ]);
});
