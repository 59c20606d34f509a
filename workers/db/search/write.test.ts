import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { putDocuments, removeDocuments } from "./write.ts";

let documentCount = 0;
function document(change: Partial<IndexDocument>): IndexDocument {
  return {
    id: `written-${documentCount++}`,
    revision: 1,
    title: "Untitled",
    people: ["Ann Writer"],
    tags: [],
    description: "",
    category: "film",
    language: null,
    maturityRating: null,
    creator: "creator",
    duration: 60,
    height: 720,
    hdr: false,
    captions: false,
    views: 0,
    publishedAt: Date.UTC(2026, 0, 1),
    ...change,
  };
}

const df = (word: string) =>
  env.SEARCH.prepare("SELECT df FROM words_a WHERE term = ?").bind(word).first<number>("df");

function indexed(id: string) {
  return env.SEARCH.prepare("SELECT rowid, revision, card FROM docs_a WHERE id = ?")
    .bind(id)
    .first<{ rowid: number; revision: number; card: string }>();
}

test("a word counts each video once, however often the video is indexed", async () => {
  const first = document({ title: "Lighthouse Keepers", description: "A lighthouse." });
  await putDocuments(env.SEARCH, "a", [first]);
  const videos = await df(SEPARATOR);
  for (const revision of [2, 3])
    await putDocuments(env.SEARCH, "a", [{ ...first, revision, tags: ["fog"] }]);
  expect(await df("lighthouse")).toBe(1);
  expect(await df("fog")).toBe(1);
  expect(await df(SEPARATOR)).toBe(videos);
  await removeDocuments(env.SEARCH, "a", [first.id]);
  expect(await df(SEPARATOR)).toBe((videos ?? 0) - 1);
});

test("more views in the same revision move a video up; an older revision changes nothing", async () => {
  const quiet = document({ title: "Seen Later", revision: 2 });
  await putDocuments(env.SEARCH, "a", [quiet]);
  const before = await indexed(quiet.id);
  expect(await putDocuments(env.SEARCH, "a", [quiet])).toBe(0);
  expect(await putDocuments(env.SEARCH, "a", [{ ...quiet, views: 1e6 }])).toBe(1);
  const after = await indexed(quiet.id);
  expect(after?.rowid).toBeLessThan(before?.rowid ?? 0);
  expect(await df("later")).toBe(1);
  expect(await putDocuments(env.SEARCH, "a", [{ ...quiet, revision: 1, views: 5 }])).toBe(0);
  expect(await indexed(quiet.id)).toEqual(after);
});

test("texts that together exceed the size limit of a SQL parameter are indexed", async () => {
  const description = Array.from({ length: 700 }, (_, i) => `sentence${i}`).join(" ");
  const many = Array.from({ length: 300 }, (_, i) =>
    document({ title: `Verbose ${i}`, description }),
  );
  expect(await putDocuments(env.SEARCH, "a", many)).toBe(300);
  expect(await df("sentence699")).toBe(300);
}, 120_000);

test("when a score level is full, the next one is used", () => {
  const one = document({});
  const numbers = Array.from({ length: 20 }, (_, attempt) => documentRowid(one, attempt));
  expect(new Set(numbers).size).toBe(20);
  const level = (rowid = 0) => Math.floor(rowid / 2 ** 18);
  expect(level(numbers[7])).toBe(level(numbers[0]));
  expect(level(numbers[8])).toBe(level(numbers[0]) + 1);
  expect(level(numbers[19])).toBe(level(numbers[0]) + 2);
});
