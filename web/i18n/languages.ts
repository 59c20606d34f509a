/**
 * The languages of the site, in the order of the menu. `first-script.ts` picks one before the first paint and reads
 * them from attributes that the build gives its element.
 */
export const LANGUAGES = {
  en: { name: "English", dir: "ltr", locale: "en" },
  de: { name: "Deutsch", dir: "ltr", locale: "de" },
  // With the same digits as the player's times.
  ar: { name: "العربية", dir: "rtl", locale: "ar-u-nu-latn" },
} as const;

export type Language = keyof typeof LANGUAGES;

export const SOURCE_LANGUAGE: Language = "en";

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
