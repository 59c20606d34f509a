import type { WordGroup } from "./word-group.ts";

export interface Matcher {
  /** How well a word of a document matches the typed one, from 0 (not at all) to 1 (exactly). */
  quality: (word: string) => number;
  /** Sequences of words that match as a whole. */
  sequences: { words: readonly string[]; quality: number }[];
  /** How many letters of a matching word to mark: fewer than it has while it is still being typed. */
  markedLength: (word: string) => number;
}

export function wordMatcher(group: WordGroup): Matcher {
  const words = new Map<string, number>();
  const prefixes: { text: string; quality: number }[] = [];
  const sequences: Matcher["sequences"] = [];
  for (const { text, prefix, pairs, sequence, quality } of [
    ...group.alternatives,
    ...group.completions,
  ]) {
    const whole = pairs ?? sequence;
    if (whole) sequences.push({ words: whole, quality });
    if (sequence) continue;
    if (prefix) prefixes.push({ text, quality });
    for (const word of pairs ?? [text]) words.set(word, Math.max(quality, words.get(word) ?? 0));
  }
  // Nearly all words of a document begin with another letter, and comparing that is far cheaper than a map lookup.
  const initials = new Set(
    [...words.keys(), ...prefixes.map(({ text }) => text)].map((text) => text.charCodeAt(0)),
  );
  const { text: typed, prefix } = group.typed;
  return {
    sequences,
    quality: (word) => {
      if (!initials.has(word.charCodeAt(0))) return 0;
      let best = words.get(word) ?? 0;
      for (const start of prefixes)
        if (start.quality > best && word.startsWith(start.text)) best = start.quality;
      return best;
    },
    markedLength: (word) => (prefix && word.startsWith(typed) ? typed.length : word.length),
  };
}

/** Matches exactly this word, as in a quoted phrase. */
export function exactMatcher(text: string): Matcher {
  return {
    sequences: [],
    quality: (word) => (word === text ? 1 : 0),
    markedLength: (word) => word.length,
  };
}
