import type { WatchSettings } from "../workers/contract/library.ts";
import { browserStorage, type KeyValueStorage } from "./browser-storage.ts";
import { LANGUAGE_COOKIE } from "./i18n/language-cookie.ts";

const LANGUAGE_KEY = "kinora.language";
/** The account's language that this browser has applied last. */
const ADOPTED_LANGUAGE_KEY = "kinora.account-language";
/** As long as browsers keep a cookie. */
const COOKIE_SECONDS = 400 * 86_400;

/**
 * Stores the language of the site in this browser, for public/before-paint.js and for pages rendered at the edge. It
 * applies from the next page load on.
 * @param tag null for the browser's language
 */
export function rememberLanguage(
  tag: string | null,
  storage: KeyValueStorage = browserStorage(),
): void {
  if (tag === null) storage.removeItem(LANGUAGE_KEY);
  else storage.setItem(LANGUAGE_KEY, tag);
  const seconds = tag === null ? 0 : COOKIE_SECONDS;
  if (globalThis.document)
    document.cookie = `${LANGUAGE_COOKIE}=${tag ?? ""}; path=/; max-age=${seconds}; samesite=lax`;
}

/** Takes over the language of the account, once after each change. */
export function adoptLanguage(
  { siteLanguage }: Pick<WatchSettings, "siteLanguage">,
  storage: KeyValueStorage = browserStorage(),
): void {
  const adopted = siteLanguage ?? "";
  if ((storage.getItem(ADOPTED_LANGUAGE_KEY) ?? "") === adopted) return;
  storage.setItem(ADOPTED_LANGUAGE_KEY, adopted);
  rememberLanguage(siteLanguage, storage);
}
