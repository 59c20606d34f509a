/**
 * The start of a text, cut between two characters as people see them: never inside a surrogate pair, a letter with its
 * accents or a joined emoji.
 * @param max length in UTF-16 code units, as the contract limits texts
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = new Intl.Segmenter().segment(text).containing(max)?.index ?? max;
  if (cut > 0) return text.slice(0, cut);
  // One "character" of more marks than the whole text may have.
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, "");
}
