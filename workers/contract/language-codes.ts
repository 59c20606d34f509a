/** The codes of a setting that has several, separated by spaces or lines. Free of zod, for the browser. */
export function languageCodes(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
