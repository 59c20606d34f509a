/** Introduces private-use subtags, whose meaning the site defines (BCP 47, 2.2.7). */
export const PRIVATE_USE = "-x-";

const NUMBERED = /^(.+)-x-([2-9]|[1-9]\d)$/;

/**
 * The language of one of several tracks of a kind. Real files have commentaries, or signs and songs, in the language of the
 * subtitles, and the catalogue's key is the tag, so it has to contain a number.
 * @param number from 1
 */
export const numberedLanguage = (spoken: string, number: number): string =>
  number === 1 ? spoken : `${spoken}${PRIVATE_USE}${number}`;

/** The language that a track is in, and its number among those of its kind. */
export function spokenLanguage(language: string): { spoken: string; number: number } {
  const [, spoken = language, number = "1"] = NUMBERED.exec(language) ?? [];
  return { spoken, number: Number(number) };
}
