import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";

const estimator = new ZxcvbnFactory({
  dictionary: common.dictionary,
  graphs: common.adjacencyGraphs,
});

const ADVICE: Record<string, string> = {
  dictionary: "It is a common password or word.",
  spatial: "Keys side by side are tried early.",
  repeat: "Repetition adds little.",
  sequence: "Sequences are tried early.",
  regex: "Years are tried early.",
  date: "Dates are tried early.",
  separator: "",
  bruteforce: "",
};

/** @param about words an attacker knows, such as the name and the email. `score` 0 to 4, as zxcvbn counts. */
export function passwordStrength(
  password: string,
  about: string[],
): { score: number; advice: string } {
  const words = about
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length > 2);
  const { score, sequence } = estimator.check(password.slice(0, 100), words);
  const weakest = sequence.find((match) => ADVICE[match.pattern]);
  return { score, advice: score < 3 && weakest ? (ADVICE[weakest.pattern] ?? "") : "" };
}
