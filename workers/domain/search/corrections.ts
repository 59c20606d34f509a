import type { Candidate } from "../../db/search/candidate-rows.ts";
import type { WordGroup } from "./interpret.ts";
import { QUALITY } from "../ranking.ts";

/**
 * What was typed with its misspelt words replaced, as the best result reads them; null when nothing had to be
 * changed. Without a result there is nothing to mean.
 */
export function corrections(
  typed: string,
  groups: readonly WordGroup[],
  best: Candidate | null,
): string | null {
  if (!best) return null;
  const words = new Set(Object.values(best.words).flat());
  let text = typed;
  for (const group of groups.toReversed()) {
    const replacement = correctionOf(group, words);
    if (replacement)
      text = text.slice(0, group.typed.start) + replacement + text.slice(group.typed.end);
  }
  return text === typed ? null : text;
}

function correctionOf(group: WordGroup, words: ReadonlySet<string>): string | null {
  const readings = [...group.alternatives, ...group.completions];
  const meant = readings
    .filter((reading) =>
      reading.prefix
        ? [...words].some((word) => word.startsWith(reading.text))
        : words.has(reading.text),
    )
    .toSorted((a, b) => b.quality - a.quality)[0];
  if (meant) return isSpelling(meant.quality) ? meant.text : null;
  // The best result has the word in its description, which is not at hand: a known word stands as typed.
  return group.known
    ? null
    : (group.alternatives.find((reading) => isSpelling(reading.quality))?.text ?? null);
}

const isSpelling = (quality: number): boolean => quality <= QUALITY.oneTypo;
