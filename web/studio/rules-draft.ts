import type { PlaybackRules } from "../../workers/contract/playback.ts";

/** Where a film may be watched, as the form has it. */
export interface RulesDraft {
  where: "everywhere" | "only" | "except";
  /** Country codes, separated by commas or spaces. */
  countries: string;
  embedding: "anywhere" | "only";
  /** Origins of pages, separated by commas or spaces. */
  origins: string;
}

const itemsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function rulesDraftOf({ countries, origins }: PlaybackRules): RulesDraft {
  const only = countries?.allow?.filter((country) => !countries.deny?.includes(country));
  const except = only ? undefined : countries?.deny;
  return {
    where: only ? "only" : except ? "except" : "everywhere",
    countries: (only ?? except ?? []).join(", "),
    embedding: origins ? "only" : "anywhere",
    origins: (origins ?? []).join(", "),
  };
}

/** What the API takes. A page's address is good enough for its origin. */
export function rulesOf({ where, countries, embedding, origins }: RulesDraft): PlaybackRules {
  const codes = itemsOf(countries.toUpperCase());
  return {
    ...(where === "only" && { countries: { allow: codes } }),
    ...(where === "except" && { countries: { deny: codes } }),
    ...(embedding === "only" && {
      origins: itemsOf(origins).map((url) => (URL.canParse(url) ? new URL(url).origin : url)),
    }),
  };
}
