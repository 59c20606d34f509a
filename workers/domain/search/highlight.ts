import type { Matcher } from "./matcher.ts";
import { fold, readText, type Token } from "./text.ts";

export type Marks = [start: number, end: number][];

const SNIPPET_LENGTH = 200;
/** Characters shown before the first mark of a snippet. */
const SNIPPET_LEAD = 40;

/** What can match a token: for an unspaced script, its pairs and single characters too. */
export const formsOf = (token: Token): string[] =>
  token.pairs ? [token.text, ...token.pairs, ...token.text] : [token.text];

const matcherFor = (words: readonly Matcher[], text: string): Matcher | undefined =>
  words.find(({ quality }) => quality(text) > 0);

/** The matching part of a token. */
function marksOfToken(text: string, token: Token, words: readonly Matcher[]): Marks {
  if (token.pairs) return marksOfUnspacedRun(text, token, words);
  const word = matcherFor(words, token.text);
  if (!word) return [];
  // If folding changed the length (ß), letters cannot be counted and the whole word is marked.
  const isSameLength = token.end - token.start === token.text.length;
  return [[token.start, isSameLength ? token.start + word.markedLength(token.text) : token.end]];
}

/** The matching characters of an unspaced script, alone or with a neighbour. */
function marksOfUnspacedRun(text: string, token: Token, words: readonly Matcher[]): Marks {
  const characters = [...text.slice(token.start, token.end)];
  const folded = [...token.text];
  // For each folded character, the index of its original: one may fold to two, as Thai sara am does.
  const origins = characters.flatMap((character, i) => Array.from(fold(character), () => i));
  if (origins.length !== folded.length)
    return formsOf(token).some((form) => matcherFor(words, form)) ? [[token.start, token.end]] : [];
  const hits = new Set<number>();
  folded.forEach((character, i) => {
    const pair = token.pairs?.[i] ?? "";
    const pairMatcher = matcherFor(words, pair);
    const single = matcherFor(words, character) ? 1 : 0;
    const count = pairMatcher ? [...pair.slice(0, pairMatcher.markedLength(pair))].length : single;
    for (const origin of origins.slice(i, i + count)) hits.add(origin);
  });
  const marks: Marks = [];
  let at = token.start;
  characters.forEach((character, i) => {
    const end = at + character.length;
    const before = marks.at(-1);
    if (hits.has(i) && before?.[1] === at) before[1] = end;
    else if (hits.has(i)) marks.push([at, end]);
    at = end;
  });
  return marks;
}

/** Ranges of the matching words of a text, in UTF-16 code units. Adjacent words have separate ranges. */
export const marksOf = (text: string, words: readonly Matcher[]): Marks =>
  marksIn(text, readText(text), words);

function marksIn(
  text: string,
  { tokens, variants }: { tokens: Token[]; variants: Token[] },
  words: readonly Matcher[],
): Marks {
  const sequences = marksOfSequences(tokens, words);
  const marks = tokens.flatMap((token): Marks =>
    sequences.has(token) ? [[token.start, token.end]] : marksOfToken(text, token, words),
  );
  const ofVariants = variants.flatMap((token) => marksOfToken(text, token, words));
  const added = ofVariants.filter(([from, to]) =>
    marks.every(([start, end]) => to <= start || end <= from),
  );
  return [...marks, ...added].toSorted((a, b) => a[0] - b[0]);
}

/** The tokens of a text that only match together, as `twenty one` does for 21. */
function marksOfSequences(tokens: readonly Token[], words: readonly Matcher[]): Set<Token> {
  const sequences = words.flatMap((word) => word.sequences.map((sequence) => sequence.words));
  const found = new Set<Token>();
  if (sequences.length === 0) return found;
  tokens.forEach((_, at) => {
    for (const sequence of sequences)
      if (sequence.every((word, i) => tokens[at + i]?.text === word))
        for (const token of tokens.slice(at, at + sequence.length)) found.add(token);
  });
  return found;
}

/** The part of a text with the most matches, cut between words; null if nothing matches. */
export function snippet(
  text: string,
  words: readonly Matcher[],
): { text: string; marks: Marks } | null {
  const read = readText(text);
  const marks = marksIn(text, read, words);
  const reach = SNIPPET_LENGTH - SNIPPET_LEAD;
  const best = marks
    .map(([from]) => ({
      from,
      count: marks.filter(([start, end]) => start >= from && end <= from + reach).length,
    }))
    .toSorted((a, b) => b.count - a.count || a.from - b.from)[0];
  if (!best) return null;
  const lead = read.tokens.find((token) => token.start >= best.from - SNIPPET_LEAD)?.start ?? 0;
  const start = lead <= SNIPPET_LEAD ? 0 : lead;
  const limit = start + SNIPPET_LENGTH;
  const lastEnd = read.tokens.findLast((token) => token.end <= limit)?.end ?? limit;
  const end = text.length <= limit ? text.length : lastEnd;
  const before = start > 0 ? "\u2026" : "";
  const shift = start - before.length;
  return {
    text: `${before}${text.slice(start, end)}${end < text.length ? "\u2026" : ""}`,
    marks: marks.flatMap(([from, to]) =>
      from >= start && to <= end ? [[from - shift, to - shift]] : [],
    ),
  };
}
