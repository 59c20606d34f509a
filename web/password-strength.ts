import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";

const estimator = new ZxcvbnFactory({
  dictionary: common.dictionary,
  graphs: common.adjacencyGraphs,
});

/** By the pattern of the match that is guessed first. */
const ADVICE: Record<string, string> = {
  dictionary: "Avoid common words and passwords.",
  spatial: "Avoid keys that are next to each other.",
  repeat: "Avoid repeated characters.",
  sequence: "Avoid sequences such as abc or 123.",
  regex: "Avoid years.",
  date: "Avoid dates.",
  separator: "",
  bruteforce: "",
};

/** The estimator gets slow on long input. */
const MAX_RATED_LENGTH = 100;

/**
 * @param knownWords what an attacker knows, such as the name and the email address
 * @returns `score` from 0 to 4 as zxcvbn rates it, and advice if the score is below 3
 */
export function passwordStrength(
  password: string,
  knownWords: string[],
): { score: number; advice: string } {
  const words = knownWords
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length > 2);
  const { score, sequence } = estimator.check(password.slice(0, MAX_RATED_LENGTH), words);
  const weakest = sequence.find((match) => ADVICE[match.pattern]);
  return { score, advice: score < 3 && weakest ? (ADVICE[weakest.pattern] ?? "") : "" };
}
