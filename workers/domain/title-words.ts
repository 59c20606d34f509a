import { fold } from "./search/text.ts";

/** Whether texts contain every word of a query, alone or within a longer word. */
type WordTest = (texts: readonly string[]) => boolean;

/**
 * A test for the words of a query, ignoring case and accents. Unlike search it corrects nothing: creators look for a
 * video that they know.
 */
export function wordTest(query: string): WordTest {
  const words = fold(query).split(SPACES).filter(Boolean);
  return (texts) => {
    const folded = fold(texts.join("\n"));
    return words.every((word) => folded.includes(word));
  };
}

const SPACES = /\s+/;
