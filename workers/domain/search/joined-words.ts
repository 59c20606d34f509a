import { numberForms } from "./numbers.ts";

const MIN_PART_LENGTH = 3;
const MAX_SPLIT_LENGTH = 16;
const MIN_SPLIT_LENGTH = 6;
const LETTERS_AND_NUMBER = /^([a-z]{2,})(\d{1,2})$/;

/** The words that a typed word may be made of, in all ways to write them: `star wars` for `starwars`. */
export function splitsOf(word: string): string[][] {
  const [, letters, digits] = LETTERS_AND_NUMBER.exec(word) ?? [];
  if (letters !== undefined && digits !== undefined)
    return numberForms(Number(digits), true).cardinals.map((form) => [letters, ...form]);
  if (word.length < MIN_SPLIT_LENGTH || word.length > MAX_SPLIT_LENGTH) return [];
  return Array.from({ length: word.length - 2 * MIN_PART_LENGTH + 1 }, (_, i) => {
    const at = i + MIN_PART_LENGTH;
    return [word.slice(0, at), word.slice(at)];
  });
}
