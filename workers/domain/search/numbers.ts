/** Numbers as people write them: `4`, `iv`, `four`, `4th` and `fourth` are one number. English words, any digits. */

export interface NumberReading {
  value: number;
  isOrdinal: boolean;
  /** How many words it takes: `twenty one` takes two. */
  length: number;
}

const UNITS = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const TENS = " ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const ORDINAL_UNITS = (
  "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth " +
  "fifteenth sixteenth seventeenth eighteenth nineteenth"
).split(" ");

const ordinalOfTens = (tens: string): string => tens.replace(/y$/, "ieth");

const indexOf = (words: readonly string[]): ReadonlyMap<string, number> =>
  new Map(words.map((word, i) => [word, i]));
const UNIT_VALUES = indexOf(UNITS);
const ORDINAL_VALUES = indexOf(ORDINAL_UNITS);
const TENS_VALUES = new Map(TENS.slice(2).map((word, i) => [word, (i + 2) * 10]));
const ORDINAL_TENS_VALUES = new Map(
  TENS.slice(2).map((word, i) => [ordinalOfTens(word), (i + 2) * 10]),
);

const MAX_VALUE = 9999;
/** Roman numbers beyond are rare, and many are words: `mix`, `liv`, `xl`. */
const MAX_ROMAN = 39;
const MAX_ORDINAL = 99;
const ROMAN = /^(x{0,3})(ix|iv|v?i{0,3})$/;
const DIGITS = /^(?:0?\d|[1-9]\d{1,3})$/;
const ORDINAL_DIGITS = /^([1-9]\d{0,2})(?:st|nd|rd|th)$/;
/** The century of a year as it is spoken: `nineteen eighty four`. */
const SPOKEN_CENTURIES = { first: 16, last: 20 };

/** The longest number that starts with the first of these words; null if there is none. */
export function readNumber(words: readonly string[]): NumberReading | null {
  const [word = ""] = words;
  if (DIGITS.test(word)) return { value: Number(word), isOrdinal: false, length: 1 };
  const ordinal = ORDINAL_DIGITS.exec(word)?.[1];
  if (ordinal !== undefined) return { value: Number(ordinal), isOrdinal: true, length: 1 };
  return readYear(words) ?? readWords(words);
}

/** A Roman number up to 39; null for other words. Whether `i` is one depends on its position. */
export function readRoman(word: string): number | null {
  const [, tens = "", units = ""] = (word !== "" && ROMAN.exec(word)) || [];
  const value = tens.length * 10 + Math.max(0, ROMAN_UNITS.indexOf(units));
  return value > 0 ? value : null;
}

const ROMAN_UNITS = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];

function readYear(words: readonly string[]): NumberReading | null {
  const century = UNIT_VALUES.get(words[0] ?? "") ?? (words[0] === TENS[2] ? 20 : 0);
  if (century < SPOKEN_CENTURIES.first || century > SPOKEN_CENTURIES.last) return null;
  const rest = readBelowHundred(words.slice(1));
  if (!rest || rest.value < 10 || rest.isOrdinal) return null;
  return { ...rest, value: century * 100 + rest.value, length: rest.length + 1 };
}

function readBelowHundred(words: readonly string[]): NumberReading | null {
  const [word = "", next = ""] = words;
  const tens = TENS_VALUES.get(word);
  if (tens !== undefined) {
    const unit = UNIT_VALUES.get(next) ?? 0;
    const last = ORDINAL_VALUES.get(next) ?? 0;
    if (unit > 0 && unit < 10) return { value: tens + unit, isOrdinal: false, length: 2 };
    if (last > 0 && last < 10) return { value: tens + last, isOrdinal: true, length: 2 };
    return { value: tens, isOrdinal: false, length: 1 };
  }
  const ordinal = ORDINAL_VALUES.get(word) ?? ORDINAL_TENS_VALUES.get(word);
  const value = UNIT_VALUES.get(word) ?? ordinal;
  return value === undefined ? null : { value, isOrdinal: ordinal !== undefined, length: 1 };
}

/** `a hundred and one`, `two thousand and one`, `twenty one`. */
function readWords(words: readonly string[]): NumberReading | null {
  const hasArticle = words[0] === "a" && /^(?:hundred|thousand)$/.test(words[1] ?? "");
  let at = hasArticle ? 1 : 0;
  let value = 0;
  for (const [name, scale] of [
    ["thousand", 1000],
    ["hundred", 100],
  ] as const) {
    const count = readBelowHundred(words.slice(at));
    const length = count && !count.isOrdinal ? count.length : 0;
    if (words[at + length] !== name) continue;
    value += (length > 0 && count ? count.value : 1) * scale;
    at += length + 1;
    if (words[at] === "and" && readBelowHundred(words.slice(at + 1))) at++;
  }
  const rest = readBelowHundred(words.slice(at));
  if (!rest && value === 0) return null;
  const total = value + (rest?.value ?? 0);
  return total > MAX_VALUE
    ? null
    : { value: total, isOrdinal: rest?.isOrdinal ?? false, length: at + (rest?.length ?? 0) };
}

/** Ways to write a number, each as a sequence of words. */
export interface NumberForms {
  cardinals: string[][];
  ordinals: string[][];
}

/** @param allowsI whether the letter `i` may stand for one */
export function numberForms(value: number, allowsI: boolean): NumberForms {
  const roman = value <= MAX_ROMAN ? romanOf(value) : "";
  const cardinals = [
    [String(value)],
    ...(value < 10 ? [[`0${value}`]] : []),
    ...(roman !== "" && (roman !== "i" || allowsI) ? [[roman]] : []),
    ...spokenForms(value),
  ];
  if (value === 0 || value > MAX_ORDINAL) return { cardinals, ordinals: [] };
  const [tens, unit] = [Math.floor(value / 10), value % 10];
  const spoken =
    value < ORDINAL_UNITS.length
      ? [ORDINAL_UNITS[value] ?? ""]
      : unit === 0
        ? [ordinalOfTens(TENS[tens] ?? "")]
        : [TENS[tens] ?? "", ORDINAL_UNITS[unit] ?? ""];
  return { cardinals, ordinals: [[`${value}${suffixOf(value)}`], spoken] };
}

const romanOf = (value: number): string =>
  "x".repeat(Math.floor(value / 10)) + (ROMAN_UNITS[value % 10] ?? "");

function suffixOf(value: number): string {
  if (value > 10 && value < 20) return "th";
  return ["th", "st", "nd", "rd"][value % 10] ?? "th";
}

function belowHundred(value: number): string[] {
  if (value < UNITS.length) return [UNITS[value] ?? ""];
  const tens = TENS[Math.floor(value / 10)] ?? "";
  return value % 10 === 0 ? [tens] : [tens, UNITS[value % 10] ?? ""];
}

/** A number in words: below 10,000, and with hundreds only as far as titles use them. */
function spokenForms(value: number): string[][] {
  if (value < 100) return [belowHundred(value)];
  const [high, rest] = [Math.floor(value / 100), value % 100];
  const isYear = high >= SPOKEN_CENTURIES.first && high <= SPOKEN_CENTURIES.last && rest >= 10;
  const year = isYear ? [[...belowHundred(high), ...belowHundred(rest)]] : [];
  const isRound = high < 10 || high % 10 === 0;
  if (!isRound) return year;
  const count = high < 10 ? high : high / 10;
  const head = [...belowHundred(count), high < 10 ? "hundred" : "thousand"];
  if (rest === 0) return [...year, head, ...(count === 1 ? [head.slice(1)] : [])];
  const long = [...head, "and", ...belowHundred(rest)];
  const short = [...head, ...belowHundred(rest)];
  // `a hundred and one`
  const bare = count === 1 ? [long.slice(1)] : [];
  return [...year, long, short, ...bare];
}
