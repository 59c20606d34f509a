import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import type { PlainKey } from "./i18n/translate.ts";

const estimator = new ZxcvbnFactory({
  dictionary: common.dictionary,
  graphs: common.adjacencyGraphs,
});

/** Advice by the pattern of the match that would be guessed first. */
const ADVICE: Record<string, PlainKey> = {
  dictionary: "password.dictionary",
  spatial: "password.spatial",
  repeat: "password.repeat",
  sequence: "password.sequence",
  regex: "password.regex",
  date: "password.date",
};

export interface PasswordStrength {
  /** 0 to 4, as zxcvbn rates it. */
  score: number;
  /** How to make it stronger, if the score is below 3. */
  advice: PlainKey[];
}

/** The estimator gets slow on long input. */
const MAX_RATED_LENGTH = 100;

/**
 * @param knownWords what an attacker knows, such as the name and the email address
 */
export function passwordStrength(password: string, knownWords: string[]): PasswordStrength {
  const words = knownWords
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length > 2);
  const { score, sequence } = estimator.check(password.slice(0, MAX_RATED_LENGTH), words);
  const advice = sequence.flatMap((match) => ADVICE[match.pattern] ?? []);
  return { score, advice: score < 3 ? advice.slice(0, 1) : [] };
}
