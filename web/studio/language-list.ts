import { languageName } from "../format.ts";
import { locale } from "../i18n/translate.ts";

/** The two-letter codes of ISO 639, of which `Intl` knows the names, without `tl` and `tw`, which have those of `fil` and `ak`. */
const CODES =
  "aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tn to tr ts tt ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";
/** Variants that differ enough for a separate caption track, and languages without a two-letter code. */
const VARIANTS =
  "de-AT de-CH en-AU en-CA en-GB en-IN en-US es-419 es-ES es-MX fil fr-CA fr-CH gsw haw hmn nds nl-BE pt-BR pt-PT sr-Cyrl sr-Latn yue zh-Hans zh-Hant zh-HK zh-TW";

export interface LanguageChoice {
  /** BCP 47. */
  tag: string;
  /** In the page's language. */
  name: string;
}

/** Every language that can be chosen, by its name. @param chosen is always included */
export function languageChoices(chosen: string, inLocale: string = locale()): LanguageChoice[] {
  const names = new Intl.DisplayNames(inLocale, { type: "language", fallback: "none" });
  const nameOf = (tag: string): string | undefined => {
    try {
      return names.of(tag);
    } catch {
      return undefined;
    }
  };
  const byTag = new Map<string, string>();
  for (const tag of `${CODES} ${VARIANTS}`.split(" ")) {
    const name = nameOf(tag);
    if (name !== undefined) byTag.set(tag, name);
  }
  if (chosen && !byTag.has(chosen)) byTag.set(chosen, nameOf(chosen) ?? chosen);
  const order = new Intl.Collator(inLocale);
  return Array.from(byTag, ([tag, name]) => ({ tag, name })).toSorted((one, other) =>
    order.compare(one.name, other.name),
  );
}

/** Like `languageChoices`, for a site that offers only some. @param offered empty for every language */
export function offeredChoices(chosen: string, offered: readonly string[]): LanguageChoice[] {
  if (offered.length === 0) return languageChoices(chosen);
  const tags = new Set([...offered, ...(chosen ? [chosen] : [])]);
  const order = new Intl.Collator(locale());
  return Array.from(tags, (tag) => ({ tag, name: languageName(tag) })).toSorted((one, other) =>
    order.compare(one.name, other.name),
  );
}

/** The most likely languages: the chosen one, the page's and the browser's. */
export function likelyLanguages(
  chosen: string,
  choices: readonly LanguageChoice[],
  preferred: readonly string[] = [locale(), ...navigator.languages],
): LanguageChoice[] {
  const tags = [chosen, ...preferred.flatMap((tag) => [tag, tag.split("-")[0] ?? tag])];
  return [...new Set(tags)].flatMap((tag) => choices.find((choice) => choice.tag === tag) ?? []);
}
