import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { lookUpWords } from "./frequent-words.ts";
import { openIndex } from "./shards.ts";
import { lookUp, correctSpelling } from "./vocabulary.ts";

/** Adds words to the vocabulary, with the number of videos that contain them. */
async function addWords(words: [term: string, df: number][]): Promise<void> {
  await env.SEARCH.prepare(
    "INSERT INTO words_a (term, stem, df, weight) SELECT value ->> 0, value ->> 0, value ->> 1, CAST(log2((value ->> 1) + 1) AS INTEGER) FROM json_each(?)",
  )
    .bind(JSON.stringify(words))
    .run();
}

const LETTERS = Array.from("abcdefghijklmnopqrstuvwxy");
const rare = (beginning: string): [string, number][] =>
  LETTERS.flatMap((one) => LETTERS.map((other): [string, number] => [beginning + one + other, 1]));

test("an unfinished word is completed by the most frequent words, however many begin with it", async () => {
  await addWords([...rare("inter"), ["interzone", 40], ["interzonal", 20]]);
  const index = await openIndex(env);
  for (const typed of ["int", "inter", "interz"]) {
    const { completions } = await lookUp(index, [
      { text: typed, stem: typed, prefix: true, forms: [], parts: [] },
    ]);
    expect(completions.slice(0, 2).map((term) => term.term)).toEqual(["interzone", "interzonal"]);
  }
});

test.each(["ktch", "kichen", "kitcehn", "kitchxn"])(
  "the typo %s is completed to the most frequent word that it may stand for",
  async (typed) => {
    await env.SEARCH.prepare("DELETE FROM words_a").run();
    await addWords([...rare("kitch"), ["kitchenware", 40]]);
    const word = { text: typed, stem: typed, prefix: true, forms: [], parts: [] };
    const { spellings } = await correctSpelling(await openIndex(env), [word], []);
    expect(spellings.get(typed)?.map((term) => term.term)).toContain("kitchenware");
  },
);

test("frequent words are cached, rare ones are not", async () => {
  await addWords([
    ["walrus", 5000],
    ["auk", 5],
  ]);
  const index = await openIndex(env);
  const dfOf = async (text: string) => {
    const { terms } = await lookUpWords(index, [
      { text, stem: text, prefix: false, forms: [], parts: [] },
    ]);
    return terms.get(text)?.df;
  };
  expect([await dfOf("walrus"), await dfOf("auk")]).toEqual([5000, 5]);
  await env.SEARCH.prepare("UPDATE words_a SET df = df + 1").run();
  expect([await dfOf("walrus"), await dfOf("auk")]).toEqual([5000, 6]);
});
