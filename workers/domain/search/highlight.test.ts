import { expect, test } from "vitest";
import { marksOf, snippet } from "./highlight.ts";
import type { Matcher } from "./matcher.ts";

/** The result of `wordMatcher` for a word that is still being typed, without the index. */
function typed(text: string): Matcher {
  return {
    quality: (word) => (word.startsWith(text) ? 1 : 0),
    sequences: [],
    markedLength: (word) => (word.startsWith(text) ? text.length : word.length),
  };
}

const marked = (text: string, ...words: string[]): string[] =>
  marksOf(text, words.map(typed)).map(([start, end]) => text.slice(start, end));

test.each<[string, string[], string[]]>([
  ["Spider-Man: Far from Home", ["spiderman"], ["Spider-Man"]],
  ["Spider-Man: Far from Home", ["spid"], ["Spid"]],
  ["Spider-Man: Far from Home", ["spider", "man"], ["Spider", "Man"]],
  ["L'Avventura", ["avv"], ["Avv"]],
  ["L'Avventura", ["lavventura"], ["L'Avventura"]],
  ["Ocean's Eleven", ["oceans"], ["Ocean's"]],
  ["Straße", ["strasse"], ["Straße"]],
  ["Amélie", ["ame"], ["Amé"]],
  ["東京物語", ["東京"], ["東京"]],
  ["東京物語", ["京物", "物語"], ["京物語"]],
  ["東京物語", ["語"], ["語"]],
  ["東京と京都", ["京"], ["京", "京"]],
  ["ต้มยำกุ้ง", ["กุ"], ["กุ"]],
  ["The end", ["nothing"], []],
])("the query %j in %j marks %j", (text, words, parts) => {
  expect(marked(text, ...words)).toEqual(parts);
});

test("a snippet is cut around the densest matches and marks them", () => {
  const text = `${"Nothing here. ".repeat(40)}The Spider-Man and the harbour at last. ${"More. ".repeat(60)}`;
  const cut = snippet(text, ["spiderman", "harbour"].map(typed));
  expect(cut?.marks.map(([start, end]) => cut.text.slice(start, end))).toEqual([
    "Spider-Man",
    "harbour",
  ]);
  expect(cut?.text.length).toBeLessThan(250);
  expect(snippet(text, [typed("absent")])).toBeNull();
});
