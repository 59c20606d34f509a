import type { PlaybackRules } from "../../workers/contract/playback.ts";

/** Playback rules as the form shows them. */
export interface RulesDraft {
  countryRule: "all" | "allow" | "deny";
  /** Country codes, separated by commas or spaces. */
  countries: string;
  embedding: "anywhere" | "allow";
  /** Origins of sites, separated by commas or spaces. */
  origins: string;
}

function splitItems(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

export function rulesDraftOf({ countries, origins }: PlaybackRules): RulesDraft {
  const allowed = countries?.allow?.filter((country) => !countries.deny?.includes(country));
  const denied = allowed ? undefined : countries?.deny;
  return {
    countryRule: allowed ? "allow" : denied ? "deny" : "all",
    countries: (allowed ?? denied ?? []).join(", "),
    embedding: origins ? "allow" : "anywhere",
    origins: (origins ?? []).join(", "),
  };
}

/** The rules in the API's form. A URL is reduced to its origin; the API rejects invalid ones. */
export function rulesOf({ countryRule, countries, embedding, origins }: RulesDraft): PlaybackRules {
  const codes = splitItems(countries.toUpperCase());
  return {
    ...(countryRule === "allow" && { countries: { allow: codes } }),
    ...(countryRule === "deny" && { countries: { deny: codes } }),
    ...(embedding === "allow" && {
      origins: splitItems(origins).map((url) => (URL.canParse(url) ? new URL(url).origin : url)),
    }),
  };
}
