import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "./client.ts";
import { listVideos, type VideoFilter } from "./video-list.ts";

const PUBLIC: VideoFilter = { scope: "public" };
const CASES = [
  { filter: PUBLIC, sort: "newest", index: "videos_listed_date" },
  { filter: PUBLIC, sort: "oldest", index: "videos_listed_date" },
  { filter: PUBLIC, sort: "popular", index: "videos_listed_views" },
  { filter: PUBLIC, sort: "title", index: "videos_listed_title" },
  { filter: { ...PUBLIC, category: "film" }, sort: "newest", index: "videos_listed_category" },
] as const;

test.each(CASES)("the list by $sort walks $index and sorts nothing", async (given) => {
  for (const after of [null, [5, "some-id"] satisfies [number, string]]) {
    const query = listVideos(catalog(env), given.filter, given.sort, after, 20).toSQL();
    const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${query.sql}`)
      .bind(...query.params)
      .all<{ detail: string }>();
    const plan = results.map((step) => step.detail).join("; ");
    expect(plan).toContain(`USING INDEX ${given.index}`);
    expect(plan).not.toContain("TEMP B-TREE");
  }
});
