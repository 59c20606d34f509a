import { z } from "zod";
import { isBlank, UNSEEN_CHARACTERS } from "./unseen-text.ts";

const hasUnseen = (text: string): boolean => text.search(UNSEEN_CHARACTERS) !== -1;

/**
 * Every text that people write and others see is one of these types. Characters that hide, break or reorder the text around
 * them are refused, and so is a text that has nothing to see.
 * @param max length in UTF-16 code units
 */
export function lineOfText(max: number) {
  const length = `must have 1 to ${max} characters`;
  return z
    .string()
    .trim()
    .min(1, length)
    .max(max, length)
    .refine((text) => !hasUnseen(text), "must have no line breaks or control characters")
    .refine((text) => !isBlank(text), "must have characters that can be seen");
}

/** Text with line breaks, which may be empty. */
export function linesOfText(max: number) {
  return z
    .string()
    .overwrite((text) => text.replaceAll(/\r\n?/g, "\n"))
    .trim()
    .max(max, `must have at most ${max} characters`)
    .refine(
      (text) => !hasUnseen(text.replaceAll(/[\n\t]/g, "")),
      "must have no control characters except line breaks",
    );
}

/** The name of a file on a user's disk. Users cannot be asked to rename it because of its characters. */
export function fileName(max: number) {
  return z
    .string()
    .overwrite((text) => text.replaceAll(UNSEEN_CHARACTERS, "_"))
    .trim()
    .min(1)
    .max(max);
}
