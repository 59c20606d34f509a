import type { SearchIndex } from "./shards.ts";
import { lookUp, type Vocabulary, type VocabularyQuery } from "./vocabulary.ts";

/** Only words in at least this many videos are cached: for them the exact number matters little. */
const MIN_CACHED_DF = 1000;
const CACHE_TTL_MS = 60_000;
const MAX_CACHED_WORDS = 1000;

const cacheKey = (index: SearchIndex, word: VocabularyQuery): string =>
  `${index.side} ${word.text}${word.prefix ? "*" : ""} ${word.forms.join(" ")}`;

/** Like `lookUp`, but without a round trip if all words are frequent and cached. */
export async function lookUpWords(
  index: SearchIndex,
  words: readonly VocabularyQuery[],
): Promise<Vocabulary> {
  const since = Date.now() - CACHE_TTL_MS;
  const cached = words.flatMap((word) => index.wordCache.get(cacheKey(index, word)) ?? []);
  if (words.length > 0 && cached.length === words.length && cached.every(({ at }) => at > since))
    return {
      terms: new Map(cached.flatMap(({ terms }) => terms.map((term) => [term.term, term]))),
      completions: cached.flatMap(({ completions }) => completions),
      spellings: new Map(),
      parts: new Map(),
      size: Math.max(...cached.map(({ size }) => size)),
    };
  const vocabulary = await lookUp(index, words);
  for (const word of words) cacheWord(index, word, vocabulary);
  return vocabulary;
}

function cacheWord(index: SearchIndex, word: VocabularyQuery, vocabulary: Vocabulary): void {
  const { wordCache } = index;
  const completions = word.prefix ? vocabulary.completions : [];
  const terms = [...vocabulary.terms.values()].filter(
    ({ term, stem }) => term === word.text || stem === word.stem || word.forms.includes(term),
  );
  if (!terms.concat(completions).some(({ df }) => df >= MIN_CACHED_DF)) return;
  const oldest = wordCache.keys().next();
  if (wordCache.size >= MAX_CACHED_WORDS && !oldest.done) wordCache.delete(oldest.value);
  wordCache.set(cacheKey(index, word), {
    terms,
    completions,
    size: vocabulary.size,
    at: Date.now(),
  });
}
