import type { ApiError } from "./api-error.ts";
import { type PlainKey, t } from "./i18n/translate.ts";

/** The schema library's own messages, with their limit, and the site's message for each. */
const LIBRARY_MESSAGES: [RegExp, (limit: number) => string][] = [
  [/^Too small: expected string to have >=1 /, () => t("field.empty")],
  [/^Too small: expected array to have >=1 /, () => t("field.choose")],
  [/^Too small: expected string to have >=(\d+) /, (count) => t("field.atLeast", { count })],
  [/^Too big: expected string to have <=(\d+) /, (count) => t("field.atMost", { count })],
  [
    /^Too (?:small|big): expected string to have exactly (\d+) /,
    (count) => t("field.exactly", { count }),
  ],
  [/^Too big: expected array to have <=(\d+) /, (count) => t("field.entries", { count })],
  [/^Too small: expected \w+ to be >=(-?[\d.]+)/, (limit) => t("field.orMore", { limit })],
  [/^Too big: expected \w+ to be <=(-?[\d.]+)/, (limit) => t("field.orLess", { limit })],
  [/^(?:Too (?:small|big)|Invalid|Unrecognized|Expected|Required)\b/, () => t("field.invalid")],
];

/** The API's messages about its rules, and the site's message for each. */
const RULES: Record<string, PlainKey> = {
  "must have at least one permission": "rule.noPermission",
  "must be an https address, an http address of this computer, or one with the scheme of an app, such as com.example.app:/done":
    "rule.redirectUri",
  "must not have a fragment, user name or wildcard": "rule.redirectParts",
  "only a confidential app can act as your account": "rule.onlyConfidential",
  "an app that signs people in needs a redirect URI": "rule.needsRedirect",
  "must be a language code, such as en or pt-BR": "rule.languageCode",
  "must be country codes of two letters, such as DE": "rule.countryCodes",
  "must be the origin of a site, such as https://example.com": "rule.origin",
  "must be ranges of addresses, such as 203.0.113.0/24": "rule.addressRanges",
  "must be a JSON Web Key of the kind Ed25519 or RSA": "rule.keyKind",
  "must have only the members of a public key: kty and crv with x, or kty and n with e":
    "rule.publicMembers",
  "must have 43 characters in x, as Ed25519 keys have": "rule.keyLength",
  "must have at least 2048 bits": "rule.keyBits",
  "must have a usual exponent in e": "rule.keyExponent",
  "must be base64url": "rule.keyText",
  "must have no line breaks or control characters": "rule.lineBreaks",
  "must have no control characters except line breaks": "rule.controlCharacters",
  "must have characters that can be seen": "rule.visible",
  "must be in the future": "rule.future",
  "must be within two years": "rule.twoYears",
  "must be after the time of publication": "rule.afterStart",
  "must be the slug of a category: small letters and digits": "rule.slug",
  "must have a rating, or be by link only": "rule.restriction",
  "must not repeat a name": "rule.names",
  "must be light enough for dark text": "rule.lightAccent",
  "must be language codes, such as en or pt-BR, separated by spaces": "rule.languageCodes",
};

/**
 * The API's message about one input, as a sentence below its field. The API's own messages are clauses in English
 * ("must have 1 to 80 characters"), and each one that a form can cause has a translation; the schema library's messages
 * are for programs.
 */
export function fieldMessage(message: string): string {
  for (const [pattern, words] of LIBRARY_MESSAGES) {
    const match = pattern.exec(message);
    if (match) return words(Number(match[1]));
  }
  if (Object.hasOwn(RULES, message)) return t(RULES[message] ?? "field.invalid");
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The messages about single inputs, by every name in their path: `body.rules.countries.2` has `rules` and `countries`. */
export function fieldErrorsOf(error: ApiError | null): Record<string, string> {
  const entries = error?.fields.flatMap(({ path, message }) => {
    const [, ...names] = path.split(".");
    return names.map((name) => [name, fieldMessage(message)]);
  });
  return Object.fromEntries(entries ?? []) as Record<string, string>;
}
