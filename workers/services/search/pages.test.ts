import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { candidateStatement } from "../../db/search/candidate-statement.ts";
import { openIndex } from "../../db/search/shards.ts";
import { AXES } from "../../domain/search/filters.ts";
import { find, publish, titles } from "../../../tests/support/worker/search.ts";

/** More than a whole result, and more than its first windows. */
const VIDEO_COUNT = 420;
const START = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;

beforeAll(async () => {
  await publish(
    ...Array.from({ length: VIDEO_COUNT }, (_, i) => ({
      // Some are also found by their titles and tags; later pages must not show them again.
      title: i % 4 === 0 ? `Lagoon ${i}` : `Video ${i}`,
      tags: i % 6 === 0 ? ["lagoon"] : [],
      description: "By the lagoon. A grand opera.",
      // A hundred within the same ten seconds, which is more than a page.
      duration: i < 100 ? 3000 : 60 * (i % 90),
      views: i * i,
      publishedAt: START + i * HOUR,
    })),
    { title: "Grand Opera", publishedAt: START - 1e11 },
    { title: "Grand Opera", description: "For bassoon.", publishedAt: START - 1e11 },
  );
}, 120_000);

/** Titles of the videos on all pages. */
async function everything(q: string, more: Parameters<typeof find>[1]): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await find(q, { ...more, ...(cursor ? { cursor } : {}) });
    expect(page.items.length).toBeGreaterThan(0);
    seen.push(...titles(page));
    cursor = page.nextCursor;
  } while (cursor);
  return seen;
}

test("pages of a large result show every video once", async () => {
  const seen = await everything("lagoon ", { limit: 20 });
  expect(seen).toHaveLength(VIDEO_COUNT);
  expect(new Set(seen).size).toBe(VIDEO_COUNT);
});

test.each(["newest", "longest", "popular"])("pages by %s reach the end", async (sort) => {
  const seen = await everything("lagoon ", { sort, limit: 48 });
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(VIDEO_COUNT);
});

test("no video is lost when more equal videos match than can be sorted", async () => {
  const alike = {
    description: "A quagga.",
    duration: 995,
    views: 1,
    publishedAt: START + HOUR / 2,
  };
  const crowd = Array.from({ length: 260 }, (_, i) => `Alike ${i}`);
  await publish(
    { ...alike, title: "First", duration: 2000, views: 9, publishedAt: START + 3 * HOUR },
    ...crowd.map((title) => ({ ...alike, title })),
    { ...alike, title: "Last", duration: 100, views: 0, publishedAt: START - 3 * HOUR },
  );
  for (const sort of ["newest", "longest", "popular"]) {
    const seen = await everything("quagga ", { sort, limit: 48 });
    expect([seen[0], seen.at(-1)]).toEqual(["First", "Last"]);
    expect(seen.slice(1, -1).toSorted()).toEqual(crowd.toSorted());
  }
}, 60_000);

test("matches are counted up to a thousand, and a sorted page contains only videos within its range, although the index is approximate", async () => {
  const matching = Array.from({ length: 1001 }, () => ({ title: "Ibex", duration: 2995 }));
  await publish(...matching);
  expect((await find("ibex ")).total).toEqual({ value: 1000, relation: "gte" });
  for (const sort of ["newest", "longest", "popular"]) {
    const range = { minDuration: 2996, maxDuration: 2999 };
    expect(await find("ibex ", { sort, ...range })).toMatchObject({ items: [], nextCursor: null });
  }
}, 60_000);

test("videos published between two pages cause neither repeated nor missing results", async () => {
  const matching = Array.from({ length: 30 }, (_, i) =>
    i % 2 === 0
      ? { title: `Vale ${i}`, description: "A moor." }
      : { title: `Moor ${i}`, description: "A vale." },
  );
  await publish(...matching);
  const seen: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null && seen.length <= matching.length) {
    const page = await find("vale moor ", { limit: 4, cursor });
    seen.push(...titles(page));
    cursor = page.nextCursor;
    await publish({ title: "Vale" }, { description: "Vale, vale!" });
  }
  expect(seen.toSorted()).toEqual(matching.map(({ title }) => title).toSorted());
});

test("a forged cursor is not a server error", async () => {
  const first = await find("lagoon ", { sort: "popular" });
  const position = JSON.parse(atob(first.nextCursor ?? "")) as Record<string, unknown>;
  const last = { value: -5, rowid: 0, id: "" };
  const cursor = btoa(JSON.stringify({ ...position, last }));
  expect(await find("lagoon ", { sort: "popular", cursor })).toMatchObject({ nextCursor: null });
});

test("if there are too many completions to search for all, the total is a lower bound", async () => {
  const endings = Array.from({ length: 60 }, (_, i) =>
    String.fromCharCode(97 + i / 10, 107 + (i % 10)),
  );
  await publish(...endings.map((ending) => ({ title: `Zyzzy${ending}` })));
  const { total, facets } = await find("zyzzy");
  expect(total.relation).toBe("gte");
  expect(facets.approximate).toBe(true);
});

test("sorting a large result does not scan the titles that begin with the word", async () => {
  const index = await openIndex(env);
  const db = index.shards[0] ?? env.SEARCH;
  const top = {
    axis: AXES.views,
    highest: 0,
    resumed: false,
    from: null,
    need: 24,
    parts: [],
    ranges: [],
  };
  const rows = async (keys: string[]): Promise<number> => {
    const match = { body: '"video"' };
    const query = {
      match,
      keys,
      covered: false,
      strict: false,
      ranges: [],
      after: -1,
      countTo: 1000,
      top,
    };
    const answer = await candidateStatement(db, index.side, query).run();
    return answer.meta.rows_read;
  };
  expect((await rows(["video"])) - (await rows([]))).toBeLessThan(10);
});

test("a filter on the sort key starts at the upper end of its range", async () => {
  const before = new Date(START + 300 * HOUR - 1).toISOString();
  const newest = await find("lagoon ", { sort: "newest", publishedBefore: before, limit: 3 });
  expect(titles(newest)).toEqual(["Video 299", "Video 298", "Video 297"]);
  const longest = await find("lagoon ", { sort: "longest", maxDuration: 3600, limit: 48 });
  const durations = longest.items.map((item) => item.video.duration ?? 0);
  expect(durations[0]).toBe(3600);
  expect(durations).toEqual(durations.toSorted((a, b) => b - a));
});

test("a quoted title, or one with an exclusion, ranks before many descriptions with the same words", async () => {
  expect(titles(await find('"grand opera"')).slice(0, 2)).toEqual(["Grand Opera", "Grand Opera"]);
  expect(titles(await find("grand opera -bassoon")).slice(0, 2)).not.toEqual([
    "Grand Opera",
    "Grand Opera",
  ]);
  expect(titles(await find("grand opera -bassoon"))[0]).toBe("Grand Opera");
  expect(titles(await find('"grand opera" -"by the lagoon"'))).toEqual([
    "Grand Opera",
    "Grand Opera",
  ]);
});

test("with a range in a large result, the total is a lower bound", async () => {
  expect(await find("lagoon ")).toMatchObject({ total: { value: VIDEO_COUNT, relation: "eq" } });
  const within = { minDuration: 601, maxDuration: 4799 };
  for (const sort of ["relevance", "newest", "longest", "popular"]) {
    const { total, facets } = await find("lagoon ", { sort, ...within });
    expect(total.relation).toBe("gte");
    expect(total.value).toBeGreaterThan(0);
    expect(total.value).toBeLessThanOrEqual(
      (await everything("lagoon ", { sort, ...within })).length,
    );
    expect(facets.approximate).toBe(true);
  }
});

test("the total is the same for every sort and every page", async () => {
  const ranges = [{}, { minDuration: 600 }, { minDuration: 3000, maxDuration: 3000 }];
  for (const more of ranges) {
    const totals = [];
    for (const sort of ["relevance", "newest", "longest", "popular"]) {
      const first = await find("lagoon ", { sort, ...more });
      const second = await find("lagoon ", { sort, ...more, cursor: first.nextCursor });
      totals.push(first.total, second.total);
    }
    expect(new Set(totals.map((total) => JSON.stringify(total))).size).toBe(1);
  }
});

test("a video that has just been hidden is neither counted nor in a facet", async () => {
  const [id = ""] = await publish(
    { title: "Narwhal One", category: "music" },
    { title: "Narwhal Two", category: "film" },
  );
  await env.CATALOG.prepare("UPDATE videos SET visibility = 'private' WHERE id = ?").bind(id).run();
  const { total, facets } = await find("narwhal ");
  expect(total).toEqual({ value: 1, relation: "eq" });
  expect(facets.category).toEqual([{ value: "film", count: 1 }]);
});

test("words of a hidden video are not suggested as corrections", async () => {
  const [id = ""] = await publish({ title: "Xylographer" });
  await env.CATALOG.prepare("UPDATE videos SET visibility = 'private' WHERE id = ?").bind(id).run();
  expect(await find("xylogarpher ")).toMatchObject({ items: [], didYouMean: null });
});

test("different spellings of a tag form one facet, and two words do not match the beginning of a longer tag", async () => {
  await publish(
    { title: "There Will Be Snails", tags: ["Sci-Fi"] },
    { title: "The Rest of the Snails", tags: ["Sci-Fi"] },
    { title: "The Rare Snails", tags: ["sci fi"] },
  );
  expect((await find("snails ")).facets.tag).toEqual([{ value: "Sci-Fi", count: 3 }]);
  expect(titles(await find("the r")).some((title) => title.startsWith("There"))).toBe(false);
});

test("a wide video counts as the same resolution as a 16:9 video of the same width", async () => {
  await publish(
    { title: "Scope Walrus", width: 1920, height: 800 },
    { title: "Upright Walrus", width: 1080, height: 1920 },
    { title: "Small Walrus", width: 1280, height: 544 },
  );
  const high = titles(await find("walrus ", { minHeight: 1080 }));
  expect(high.toSorted()).toEqual(["Scope Walrus", "Upright Walrus"]);
  expect(() => find("walrus ", { minHeight: 721 })).toThrow("minHeight");
});
