import { isBlank, UNSEEN_CHARACTERS } from "../contract/unseen-text.ts";
import { cutText } from "./cut-text.ts";

export const MAX_TITLE_LENGTH = 200;

/** Suggests a title from a file name: `/home/ann/summer_in_the-city.final.mp4` becomes `summer in the city final`. */
export function titleFromFilename(filename: string): string {
  const base = filename.split(/[\\/]/).at(-1) ?? filename;
  const name = base
    .replace(/\.[A-Za-z0-9]{1,5}$/, "")
    .replaceAll(UNSEEN_CHARACTERS, " ")
    .replaceAll(/[._-]+/g, " ")
    .trim();
  const title = name || base.replaceAll(UNSEEN_CHARACTERS, " ");
  return isBlank(title) ? "Untitled" : cutText(title, MAX_TITLE_LENGTH);
}
