import type { WordGroup } from "./word-group.ts";
import { QUALITY } from "../ranking.ts";

/**
 * What was typed with its misspelt words replaced by words of the best result; null when nothing had to be changed. Other
 * words of the index are never told: they may be those of a video that has been hidden since.
 * @param words of the best result that is shown
 */
export function corrections(
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

/** The nearest reading that the result has, where it is another spelling. */
function correctionOf(group: WordGroup, words: ReadonlySet<string>): string | null {
  const meant = [...group.alternatives, ...group.completions]
    .filter((reading) =>
      reading.prefix
        ? [...words].some((word) => word.startsWith(reading.text))
        : words.has(reading.text),
    )
    .toSorted((a, b) => b.quality - a.quality)[0];
  return meant && meant.quality <= QUALITY.oneTypo ? meant.text : null;
}
