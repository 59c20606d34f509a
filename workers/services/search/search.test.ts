import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { SearchResult } from "../../contract/search.ts";
import { catalog } from "../../db/client.ts";
import { videos } from "../../db/schema.ts";
import { indexVideos } from "../../jobs/search/index-video.ts";
import { AppError } from "../../domain/errors.ts";
import { suggest } from "./suggest.ts";
import { creator, find, publish, titles } from "../../../tests/support/worker/search.ts";

beforeAll(async () => {
  const lucas = await creator("Georgina Lucasova");
  await publish(
    {
      title: "Spider-Man: Far from Home",
      category: "film",
      duration: 7740,
      width: 1920,
      height: 1080,
    },
    {
      title: "The Godfather",
      description: "A mafia patriarch transfers control.",
      tags: ["Crime"],
      language: "en",
    },
    { title: "The Godfather Part II", views: 50, language: "pt-BR", duration: 12_000 },
    { title: "Amélie à Montmartre", category: "film", hdr: true },
    { title: "東京物語", language: "ja" },
    { title: "ต้มยำกุ้ง ไทย", language: "th" },
    { title: "猫空の映画館", language: "ja" },
    { title: "L'Avventura a Milano" },
    { title: "Alfa Ville", people: ["Jean-Luc Godardov"] },
    { title: "Ocean's Eleven", tags: ["Heist", "Sci-Fi"], ownerId: lucas },
    {
      title: "Running Universities",
      description: "Students who ran from lectures in Godwanaland.",
    },
    { title: "Secret Plans", visibility: "private" },
    { title: "Link Only Plans", visibility: "unlisted" },
    { title: "Half Uploaded Plans", state: "processing" },
  );
});

test.each([
  ["spider man", "Spider-Man: Far from Home"],
  ["spiderman", "Spider-Man: Far from Home"],
  ["SPIDER-MAN", "Spider-Man: Far from Home"],
  ["amelie a mont", "Amélie à Montmartre"],
  ["東京", "東京物語"],
  ["語", "東京物語"],
  ["ยำ", "ต้มยำกุ้ง ไทย"],
  ["oceans eleven", "Ocean's Eleven"],
  ["ocean eleven", "Ocean's Eleven"],
  ["sci fi", "Ocean's Eleven"],
  ["lucasova", "Ocean's Eleven"],
  ["university runs", "Running Universities"],
  ["godfatehr ", "The Godfather"],
  ["gofdathr", "The Godfather"],
  ["montmarte amelie", "Amélie à Montmartre"],
  ["godfather patriarch banana", "The Godfather"],
  ['"mafia patriarch"', "The Godfather"],
  ["s", "Spider-Man: Far from Home"],
  ['"Spider-Man: Far from Home"', "Spider-Man: Far from Home"],
  ['"l\'avventura a"', "L'Avventura a Milano"],
  ['"jean-luc godardov"', "Alfa Ville"],
  ['"ต้มยำกุ้ง ไทย"', "ต้มยำกุ้ง ไทย"],
  ["猫 映画", "猫空の映画館"],
  ["空", "猫空の映画館"],
  ["猫空映画館", "猫空の映画館"],
])("%j finds %s first", async (query, title) => {
  const result = SearchResult.parse(await find(query));
  expect(titles(result)[0]).toBe(title);
});

test("a quoted phrase needs its words in sequence, a minus excludes", async () => {
  expect(titles(await find('"patriarch mafia"'))).toEqual([]);
  expect(titles(await find("godfather -mafia"))).toEqual(["The Godfather Part II"]);
});

test("private, unlisted and unfinished videos are never found", async () => {
  expect(titles(await find("plans"))).toEqual([]);
  expect((await suggest(env, "plan", 8, null)).items).toEqual([]);
});

test("the response names the corrected words that the results are for", async () => {
  expect((await find("the godfatehr ")).didYouMean).toBe("the godfather ");
  expect((await find("the godfather")).didYouMean).toBeNull();
  expect((await find("godf")).didYouMean).toBeNull();
});

test("marks the matching words of title and description", async () => {
  const [item] = (await find("godfather patri")).items;
  expect(item?.highlights.title).toEqual([[4, 13]]);
  const cut = item?.highlights.description;
  expect(cut?.marks.map(([start, end]) => cut.text.slice(start, end))).toEqual(["patri"]);
});

test.each([
  [{ category: "film" }, 2],
  [{ language: "pt" }, 1],
  [{ language: "pt-br" }, 1],
  [{ tag: "sci fi" }, 1],
  [{ hdr: "true" }, 1],
  [{ minHeight: 720 }, 1],
  [{ minDuration: 7740, maxDuration: 7740 }, 1],
  [{ minDuration: 7741, maxDuration: 11_999 }, 0],
  [{ minDuration: 11_999, maxDuration: 7741 }, 0],
  [{ publishedAfter: "2100-01-01T00:00:00Z" }, 0],
  [{ minDuration: 7000, language: "pt" }, 1],
  [{ publishedBefore: "2020-01-01T00:00:00Z" }, 0],
])("filter %j finds %i, and the total says so", async (filters, count) => {
  const result = await find("", filters);
  expect(result.items).toHaveLength(count);
  expect(result.total).toEqual({ value: count, relation: "eq" });
});

test("sorts by date, views and duration, and facets count the result", async () => {
  expect(titles(await find("godfather", { sort: "popular" }))[0]).toBe("The Godfather Part II");
  expect(titles(await find("", { sort: "longest" })).slice(0, 2)).toEqual([
    "The Godfather Part II",
    "Spider-Man: Far from Home",
  ]);
  const { facets } = await find("godfather");
  expect(facets.language).toEqual([
    { value: "en", count: 1 },
    { value: "pt-BR", count: 1 },
  ]);
  expect(facets.approximate).toBe(false);
});

test.each([
  ["relevance", /^Video/],
  ["newest", /^Video 24$/],
])("pages by %s show everything once", async (sort, first) => {
  const tag = `pages${sort}`;
  await publish(
    ...Array.from({ length: 25 }, (_, i) => ({
      title: `Video ${i}`,
      tags: [tag],
      publishedAt: 1e12 + i,
    })),
  );
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await find(tag, { sort, limit: 4, ...(cursor ? { cursor } : {}) });
    seen.push(...titles(page));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
  expect(seen[0]).toMatch(first);
});

test("a cursor from another search is rejected", async () => {
  const { nextCursor } = await find("the", { limit: 1 });
  const rejected = find("godfather", { cursor: nextCursor });
  await expect(rejected).rejects.toThrow(AppError);
  await expect(find("the", { cursor: "%%%" })).rejects.toMatchObject({ code: "invalid_cursor" });
});

test("a hidden video disappears at once, before the index is updated", async () => {
  const [id = ""] = await publish({ title: "Vanishing Zebra" });
  const db = catalog(env);
  await env.CATALOG.prepare("UPDATE videos SET visibility = 'private', revision = 2 WHERE id = ?")
    .bind(id)
    .run();
  expect(titles(await find("vanishing zebra"))).toEqual([]);
  expect((await suggest(env, "vanishing z", 8, null)).items).toEqual([]);
  await indexVideos(env, [id]);
  const left = await env.SEARCH.prepare("SELECT count(*) AS n FROM docs_a WHERE id = ?")
    .bind(id)
    .first("n");
  expect(left).toBe(0);
  expect(await db.$count(videos)).toBeGreaterThan(0);
});

test("an updated video is found by its new words only, however often the message is delivered", async () => {
  const [id = ""] = await publish({ title: "Quokka Holiday" });
  await env.CATALOG.prepare("UPDATE videos SET title = 'Wombat Holiday', revision = 2 WHERE id = ?")
    .bind(id)
    .run();
  await indexVideos(env, [id, id]);
  await indexVideos(env, [id]);
  expect(titles(await find("wombat "))).toEqual(["Wombat Holiday"]);
  expect(titles(await find("quokka "))).toEqual([]);
});

test("suggests titles, people and categories with the typed part marked", async () => {
  const { items } = await suggest(env, "godf", 8, null);
  expect(items[0]).toMatchObject({ kind: "title", text: "The Godfather", marks: [[4, 8]] });
  expect((await suggest(env, "georgina l", 8, null)).items).toContainEqual({
    kind: "person",
    text: "Georgina Lucasova",
    marks: [
      [0, 8],
      [9, 10],
    ],
    videoId: null,
    category: null,
  });
  expect((await suggest(env, "doc", 8, null)).items[0]).toMatchObject({
    kind: "category",
    text: "Documentary",
    category: "documentary",
  });
  expect((await suggest(env, "godgather", 8, null)).items[0]?.text).toMatch(/Godfather/);
});

test("suggests neither another word that begins with the same letters nor an excluded one", async () => {
  await publish({ title: "Therapist Will Do" }, { title: "Quokka Island" });
  const texts = async (typed: string) =>
    (await suggest(env, typed, 20, null)).items.map((item) => item.text);
  expect(await texts("therap")).toContain("Therapist Will Do");
  expect(await texts("the ra")).not.toContain("Therapist Will Do");
  expect(await texts("quokka ")).toContain("Quokka Island");
  expect(await texts("-island quokka ")).not.toContain("Quokka Island");
});

test("no text causes an error", async () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom(
        '"',
        "*",
        "(",
        ")",
        "-",
        "^",
        ":",
        "a",
        " ",
        "NEAR",
        "AND",
        "¤",
        "'",
        "é",
        "東",
        "{",
        "}",
      ),
      maxLength: 20,
    }),
  );
  await fc.assert(
    fc.asyncProperty(nasty, async (q) => {
      expect(SearchResult.safeParse(await find(q.slice(0, 200))).error).toBeUndefined();
      expect((await suggest(env, q.slice(0, 100), 8, null)).items.length).toBeLessThanOrEqual(8);
    }),
    { numRuns: 100 },
  );
}, 120_000);

test("matches in cast and crew rank before the same words in tags and descriptions", async () => {
  await publish(
    { title: "A Portrait", description: "About Nadezhda Orlova and her time." },
    { title: "Letters", tags: ["nadezhda orlova"] },
    { title: "The Crossing", people: ["Somebody Else", "Nadezhda Orlova"] },
  );
  expect(titles(await find("nadezhda orlova"))).toEqual(["The Crossing", "Letters", "A Portrait"]);
  const { items } = await suggest(env, "nadezhda", 8, null);
  expect(items.filter((item) => item.kind === "person").map((item) => item.text)).toEqual([
    "Nadezhda Orlova",
  ]);
});

test("an unfinished word is completed in titles to more words than in the rest of the text", async () => {
  const endings = Array.from("abcdefghijklmnopqrst");
  await publish(...endings.map((end) => ({ title: `Old Zephyr${end}` })));
  const found = titles(await find("zephy", { limit: 48 }));
  expect(found.toSorted()).toEqual(endings.map((end) => `Old Zephyr${end}`));
});
