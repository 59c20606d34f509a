import { MATCH_QUALITY } from "../ranking.ts";
import type { Alternative, WordGroup } from "./word-group.ts";

/**
 * The query with its misspelt words replaced by words of the best result, or null if no word needs correction. No other
 * words of the index are used: they may come from a video that has been hidden since.
 * @param words of the best result shown
 */
export function correctedQuery(
  typed: string,
  groups: readonly WordGroup[],
  words: ReadonlySet<string>,
): string | null {
  let text = typed;
  for (const group of groups.toReversed()) {
    const replacement = correctionOf(group, words);
    if (replacement)
      text = text.slice(0, group.typed.start) + replacement + text.slice(group.typed.end);
  }
  return text === typed ? null : text;
}

/** The closest alternative that the result contains, if that is another spelling. */
function correctionOf(group: WordGroup, words: ReadonlySet<string>): string | null {
  const isContained = ({ text, prefix }: Alternative): boolean =>
    prefix ? [...words].some((word) => word.startsWith(text)) : words.has(text);
  const closest = [...group.alternatives, ...group.completions]
    .filter(isContained)
    .toSorted((a, b) => b.quality - a.quality)[0];
  return closest && closest.quality <= MATCH_QUALITY.oneTypo ? closest.text : null;
}
