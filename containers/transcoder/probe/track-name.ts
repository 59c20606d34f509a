/** A language's name in itself; undefined for an unknown one. @param language BCP 47 */
function languageName(language: string | null): string | undefined {
  if (language === null || language === "und") return undefined;
  return new Intl.DisplayNames([language], { type: "language" }).of(language);
}

/** The name of an audio or caption track: its title, or else its language, or else its number. */
export function trackName(title: string | null, language: string | null, position: number): string {
  return title || languageName(language) || `Track ${position + 1}`;
}
