import type { WordGroup } from "./word-group.ts";

export interface Matcher {
  /** How well a word of a document fits the typed one: 0 not at all, 1 exactly. */
  quality: (word: string) => number;
  /** How many letters of a fitting word were typed: fewer than it has while it is unfinished. */
  marked: (word: string) => number;
}

export function wordMatcher(group: WordGroup): Matcher {
  const whole = new Map<string, number>();
  const starts: { text: string; quality: number }[] = [];
  for (const { text, prefix, pairs, quality } of [...group.alternatives, ...group.completions]) {
    if (prefix) starts.push({ text, quality });
    for (const word of pairs ?? [text]) whole.set(word, Math.max(quality, whole.get(word) ?? 0));
  }
  // Nearly all words of a document begin otherwise: seeing that costs far less than looking a new string up.
  const initials = new Set(
    [...whole.keys(), ...starts.map(({ text }) => text)].map((text) => text.charCodeAt(0)),
  );
  const { text: typed, prefix } = group.typed;
  return {
    quality: (word) => {
      if (!initials.has(word.charCodeAt(0))) return 0;
      let best = whole.get(word) ?? 0;
      for (const start of starts)
        if (start.quality > best && word.startsWith(start.text)) best = start.quality;
      return best;
    },
    marked: (word) => (prefix && word.startsWith(typed) ? typed.length : word.length),
  };
}

/** Exactly this word, as in a quoted phrase. */
export const exactMatcher = (text: string): Matcher => ({
  quality: (word) => (word === text ? 1 : 0),
  marked: (word) => word.length,
});
