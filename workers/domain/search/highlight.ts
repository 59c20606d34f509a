import type { Matcher } from "./matcher.ts";
import { type Token, tokenize } from "./text.ts";

export type Marks = [number, number][];

const SNIPPET = 200;
const LEAD = 40;

/** The matching part of a token, as [start, end); null when it does not match. */
function markOf(token: Token, words: readonly Matcher[]): [number, number] | null {
  const word = words.find(({ quality }) =>
    [token.text, ...(token.pairs ?? [])].some((text) => quality(text) > 0),
  );
  if (!word) return null;
  // Where folding changed the length (ß), letters cannot be counted: the whole word is marked.
  const countable = !token.pairs && token.end - token.start === token.text.length;
  return [token.start, countable ? token.start + word.marked(token.text) : token.end];
}

/** Ranges of the text's words that match, in UTF-16 code units. Neighbours stay apart. */
export const marksOf = (text: string, words: readonly Matcher[]): Marks =>
  marksIn(tokenize(text), words);

const marksIn = (tokens: readonly Token[], words: readonly Matcher[]): Marks =>
  tokens.flatMap((token) => {
    const mark = markOf(token, words);
    return mark ? [mark] : [];
  });

/** The piece of a text with the most matches, cut at words; null when nothing matches. */
export function snippet(
  text: string,
  words: readonly Matcher[],
): { text: string; marks: Marks } | null {
  const tokens = tokenize(text);
  const marks = marksIn(tokens, words);
  const reach = SNIPPET - LEAD;
  const best = marks
    .map(([from]) => ({
      from,
      count: marks.filter(([start, end]) => start >= from && end <= from + reach).length,
    }))
    .toSorted((a, b) => b.count - a.count || a.from - b.from)[0];
  if (!best) return null;
  const lead = tokens.find((token) => token.start >= best.from - LEAD)?.start ?? 0;
  const start = lead <= LEAD ? 0 : lead;
  const end = tokens.findLast((token) => token.end <= start + SNIPPET)?.end ?? start + SNIPPET;
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
