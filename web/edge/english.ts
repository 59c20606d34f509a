import { compileMessages } from "../i18n/compile-messages.ts";
import { addMessages } from "../i18n/translate.ts";
import { messages } from "../messages/en/site.ts";

/** What titles of pages are made of. */
const IN_TITLES = /^(search|category)\./;

let isReady = false;

/** Lets the functions of Pages use `t`, in English: their answers are the same for everyone, and cached. */
export function speakEnglish(): void {
  if (isReady) return;
  const used = Object.entries(messages).filter(([key]) => IN_TITLES.test(key));
  addMessages(compileMessages(Object.fromEntries(used)));
  isReady = true;
}
