import type { SearchIndex } from "./shards.ts";
import { lookUp, type Vocabulary, type Wanted } from "./vocabulary.ts";

/** Videos with a word from which on it matters little how many there are exactly. */
const FREQUENT = 1000;
/** Milliseconds for which an isolate remembers what it has been told of a frequent word. */
const TTL = 60_000;
const MOST_WORDS = 1000;

const keyOf = (index: SearchIndex, word: Wanted): string =>
  `${index.slot} ${word.text}${word.prefix ? "*" : ""}`;

/** As `lookUp`, without a round trip where all words are frequent and have been asked for lately. */
export async function lookUpWords(
  index: SearchIndex,
  words: readonly Wanted[],
): Promise<Vocabulary> {
  const since = Date.now() - TTL;
  const known = words.flatMap((word) => index.memory.get(keyOf(index, word)) ?? []);
  if (words.length > 0 && known.length === words.length && known.every(({ at }) => at > since))
    return {
      terms: new Map(known.flatMap(({ terms }) => terms.map((term) => [term.term, term]))),
      completions: known.flatMap(({ completions }) => completions),
      spellings: new Map(),
      size: Math.max(...known.map(({ size }) => size)),
    };
  const vocabulary = await lookUp(index, words);
  for (const word of words) remember(index, word, vocabulary);
  return vocabulary;
}

function remember(index: SearchIndex, word: Wanted, vocabulary: Vocabulary): void {
  const { memory } = index;
  const completions = word.prefix ? vocabulary.completions : [];
  const terms = [...vocabulary.terms.values()].filter(
    ({ term, stem }) => term === word.text || stem === word.stem,
  );
  if (!terms.concat(completions).some(({ df }) => df >= FREQUENT)) return;
  const oldest = memory.keys().next();
  if (memory.size >= MOST_WORDS && !oldest.done) memory.delete(oldest.value);
  memory.set(keyOf(index, word), { terms, completions, size: vocabulary.size, at: Date.now() });
}
