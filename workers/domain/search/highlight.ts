import type { Matcher } from "./matcher.ts";
import { fold, readText, type Token } from "./text.ts";

export type Marks = [number, number][];

const SNIPPET = 200;
const LEAD = 40;

/** What a token may be met by: of an unspaced script, its pairs and single characters too. */
export const formsOf = (token: Token): string[] =>
  token.pairs ? [token.text, ...token.pairs, ...token.text] : [token.text];

const wordFor = (words: readonly Matcher[], text: string): Matcher | undefined =>
  words.find(({ quality }) => quality(text) > 0);

/** The matching part of a token. */
function marksOfToken(text: string, token: Token, words: readonly Matcher[]): Marks {
  if (token.pairs) return marksOfRun(text, token, words);
  const word = wordFor(words, token.text);
  if (!word) return [];
  // Where folding changed the length (ß), letters cannot be counted: the whole word is marked.
  const countable = token.end - token.start === token.text.length;
  return [[token.start, countable ? token.start + word.marked(token.text) : token.end]];
}

/** The matching characters of an unspaced script, each by itself or with its neighbour. */
function marksOfRun(text: string, token: Token, words: readonly Matcher[]): Marks {
  const own = [...text.slice(token.start, token.end)];
  const folded = [...token.text];
  // Of which character of the text each folded one is: one may become two, as the Thai sara am does.
  const origins = own.flatMap((character, i) => Array.from(fold(character), () => i));
  if (origins.length !== folded.length)
    return formsOf(token).some((form) => wordFor(words, form)) ? [[token.start, token.end]] : [];
  const hits = new Set<number>();
  folded.forEach((character, i) => {
    const pair = token.pairs?.[i] ?? "";
    const both = wordFor(words, pair);
    const alone = wordFor(words, character) ? 1 : 0;
    const count = both ? [...pair.slice(0, both.marked(pair))].length : alone;
    for (const origin of origins.slice(i, i + count)) hits.add(origin);
  });
  const marks: Marks = [];
  let at = token.start;
  own.forEach((character, i) => {
    const end = at + character.length;
    const before = marks.at(-1);
    if (hits.has(i) && before?.[1] === at) before[1] = end;
    else if (hits.has(i)) marks.push([at, end]);
    at = end;
  });
  return marks;
}

/** Ranges of the text's words that match, in UTF-16 code units. Neighbours stay apart. */
export const marksOf = (text: string, words: readonly Matcher[]): Marks =>
  marksIn(text, readText(text), words);

function marksIn(
  text: string,
  read: { tokens: Token[]; others: Token[] },
  words: readonly Matcher[],
): Marks {
  const marks = read.tokens.flatMap((token) => marksOfToken(text, token, words));
  const others = read.others.flatMap((token) => marksOfToken(text, token, words));
  const added = others.filter(([from, to]) =>
    marks.every(([start, end]) => to <= start || end <= from),
  );
  return [...marks, ...added].toSorted((a, b) => a[0] - b[0]);
}

/** The piece of a text with the most matches, cut at words; null when nothing matches. */
export function snippet(
  text: string,
  words: readonly Matcher[],
): { text: string; marks: Marks } | null {
  const read = readText(text);
  const marks = marksIn(text, read, words);
  const reach = SNIPPET - LEAD;
  const best = marks
    .map(([from]) => ({
      from,
      count: marks.filter(([start, end]) => start >= from && end <= from + reach).length,
    }))
    .toSorted((a, b) => b.count - a.count || a.from - b.from)[0];
  if (!best) return null;
  const lead = read.tokens.find((token) => token.start >= best.from - LEAD)?.start ?? 0;
  const start = lead <= LEAD ? 0 : lead;
  const end = read.tokens.findLast((token) => token.end <= start + SNIPPET)?.end ?? start + SNIPPET;
  const stop = text.length <= start + SNIPPET ? text.length : end;
  const before = start > 0 ? "\u2026" : "";
  const shift = start - before.length;
  return {
    text: `${before}${text.slice(start, stop)}${stop < text.length ? "\u2026" : ""}`,
    marks: marks.flatMap(([from, to]) =>
      from >= start && to <= stop ? [[from - shift, to - shift]] : [],
    ),
  };
}
