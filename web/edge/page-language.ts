import { compileMessages } from "../i18n/compile-messages.ts";
import { LANGUAGE_COOKIE } from "../i18n/language-cookie.ts";
import { isLanguage, type Language, SOURCE_LANGUAGE } from "../i18n/languages.ts";
import { type Translate, translator } from "../i18n/translate.ts";
import { messages as arHead } from "../messages/ar/head.ts";
import { messages as arSite } from "../messages/ar/site.ts";
import { messages as deHead } from "../messages/de/head.ts";
import { messages as deSite } from "../messages/de/site.ts";
import { messages as enHead } from "../messages/en/head.ts";
import { messages as enSite } from "../messages/en/site.ts";

const MESSAGES: Record<Language, Record<string, string>> = {
  en: { ...enSite, ...enHead },
  de: { ...deSite, ...deHead },
  ar: { ...arSite, ...arHead },
};
/** The translations for titles and descriptions of pages. */
const IN_HEADS = /^(search|category|head)\./;

function languageIn(tag: string): Language | null {
  const primary = tag.split("-")[0]?.toLowerCase() ?? "";
  return isLanguage(primary) ? primary : null;
}

/** The languages of an Accept-Language header, the most wanted first. */
function acceptedLanguages(header: string): string[] {
  return header
    .split(",")
    .map((range) => {
      const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/** The language of a page, as `first-script.ts` chooses it: the viewer's choice, else the browser's, else English. */
export function pageLanguage({ headers }: Pick<Request, "headers">): Language {
  const cookies = headers.get("cookie")?.split(/; */) ?? [];
  const chosen = cookies.find((cookie) => cookie.startsWith(`${LANGUAGE_COOKIE}=`));
  const wanted = [
    chosen?.slice(LANGUAGE_COOKIE.length + 1) ?? "",
    ...acceptedLanguages(headers.get("accept-language") ?? ""),
  ];
  return wanted.map(languageIn).find((language) => language !== null) ?? SOURCE_LANGUAGE;
}

const translators = new Map<Language, Translate>();

/** `t` for the heads of pages in a language. */
export function headTexts(language: Language): Translate {
  const known = translators.get(language);
  if (known) return known;
  const used = Object.entries(MESSAGES[language]).filter(([key]) => IN_HEADS.test(key));
  const translate = translator(compileMessages(Object.fromEntries(used)), language);
  translators.set(language, translate);
  return translate;
}
