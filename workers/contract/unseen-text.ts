/** Invisible characters. Free of zod, for the browser. */

/** Controls, line separators, marks that reorder the text around them, halves of characters, and noncharacters. */
export const UNSEEN_CHARACTERS = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** Characters without ink: spaces, controls, invisible formatting and the blank fillers of Hangul and Braille. */
const UNSEEN_TEXT =
  /^(?:[\s\p{Cc}\p{Cf}\p{Z}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5)*$/u;

/** True for a text that is invisible and cannot be clicked. */
export function isBlank(text: string): boolean {
  return UNSEEN_TEXT.test(text);
}
