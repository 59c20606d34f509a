/** What the schema library says by itself, with the limit in it, and the site's words for it. */
const LIBRARY_MESSAGES: [RegExp, (limit: string) => string][] = [
  [/^Too small: expected string to have >=1 /, () => "Fill in this field"],
  [/^Too small: expected array to have >=1 /, () => "Choose at least one"],
  [/^Too small: expected string to have >=(\d+) /, (limit) => `Use at least ${count(limit)}`],
  [/^Too big: expected string to have <=(\d+) /, (limit) => `Use at most ${count(limit)}`],
  [/^Too (?:small|big): expected string to have exactly (\d+) /, (limit) => `Use ${count(limit)}`],
  [/^Too big: expected array to have <=(\d+) /, (limit) => `Use at most ${limit} entries`],
  [/^Too small: expected \w+ to be >=(-?[\d.]+)/, (limit) => `Use ${limit} or more`],
  [/^Too big: expected \w+ to be <=(-?[\d.]+)/, (limit) => `Use ${limit} or less`],
  [/^(?:Too (?:small|big)|Invalid|Unrecognized|Expected|Required)\b/, () => "This is not valid"],
];

function count(limit: string): string {
  return limit === "1" ? "1 character" : `${limit} characters`;
}

/**
 * What the API says about one input, as a sentence below its field. The API's own messages are clauses ("must have 1 to 80
 * characters"); those of its schema library are for programs.
 */
export function fieldMessage(message: string): string {
  for (const [pattern, words] of LIBRARY_MESSAGES) {
    const match = pattern.exec(message);
    if (match) return `${words(match[1] ?? "")}.`;
  }
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
