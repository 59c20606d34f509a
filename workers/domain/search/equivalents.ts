import { numberForms, type NumberReading } from "./numbers.ts";

/** Other ways to write a word, which mean the same: numbers, abbreviations, British and American spellings, decades. */
export interface Equivalent {
  /** One word, or several in sequence. */
  words: string[];
  /** Nearly the same: `fourth` for `four`, a year for its decade. */
  isNear: boolean;
}

/** Words that a number follows: without a video of that number, they say nothing either. */
const NUMBERED = [
  "part",
  "pt",
  "volume",
  "vol",
  "episode",
  "ep",
  "chapter",
  "ch",
  "season",
  "book",
];
const NUMBERED_WORDS: ReadonlySet<string> = new Set(NUMBERED);
export const isNumbered = (word: string): boolean => NUMBERED_WORDS.has(word);

/** Each word with its abbreviations. `st` means saint or street, but these two are not equivalent to each other. */
const ABBREVIATIONS = [
  "part pt",
  "volume vol",
  "episode ep",
  "chapter ch",
  "mister mr",
  "missus mrs",
  "saint st",
  "street st",
  "doctor dr",
  "junior jr",
  "senior sr",
  "mount mt",
  "fort ft",
  "sergeant sgt",
  "captain capt",
  "lieutenant lt",
  "professor prof",
  "colonel col",
  "versus vs v",
  "and n",
  "you u",
  "your ur",
  "are r",
  "hours hrs",
  "hour hr",
  "minutes mins",
  "okay ok",
  "through thru",
  "night nite",
];

/** Pairs of British and American spellings that follow no rule. */
const SPELLINGS = [
  "grey gray",
  "cheque check",
  "tyre tire",
  "tyres tires",
  "pyjama pajama",
  "pyjamas pajamas",
  "programme program",
  "programmes programs",
  "aluminium aluminum",
  "plough plow",
  "sceptic skeptic",
  "mum mom",
  "mums moms",
  "mould mold",
  "moustache mustache",
  "aeroplane airplane",
  "aeroplanes airplanes",
  "jewellery jewelry",
  "draught draft",
  "whisky whiskey",
  "axe ax",
  "cosy cozy",
  "doughnut donut",
  "doughnuts donuts",
  "ageing aging",
  "judgement judgment",
  "skilful skillful",
  "encyclopaedia encyclopedia",
  "mediaeval medieval",
  "archaeologist archeologist",
  "archaeology archeology",
  "manoeuvre maneuver",
  "gaol jail",
  "tsar czar",
  "gipsy gypsy",
  "sulphur sulfur",
  "practise practice",
  "maths math",
  "sceptical skeptical",
  "storey story",
  "kerb curb",
  "woollen woolen",
  "marvellous marvelous",
  "daemon demon",
];

/** Spellings that follow a rule. The index is queried for the results, so a word that does not exist does no harm. */
const SPELLING_RULES: [pattern: RegExp, replacement: string][] = [
  [/^(\w{3,})our(s|ed|ing|able|ful|less|ite|ites|hood|ly)?$/, "$1or$2"],
  [/^(\w{3,})or(s|ed|ing|able|ful|less|ite|ites|hood|ly)?$/, "$1our$2"],
  [/^(\w{2,}[bcdghptv])re(s)?$/, "$1er$2"],
  [/^(\w{2,}[bcdghptv])er(s)?$/, "$1re$2"],
  [/^(\w{3,}[iy])s(e|ed|es|er|ers|ing|ation|ations)$/, "$1z$2"],
  [/^(\w{3,}[iy])z(e|ed|es|er|ers|ing|ation|ations)$/, "$1s$2"],
  [/^(\w{2,}l)ogue(s)?$/, "$1og$2"],
  [/^(\w{2,}l)og(s)?$/, "$1ogue$2"],
  [/^(\w{2,}en)ce(s|less)?$/, "$1se$2"],
  [/^(\w{2,}en)se(s|less)?$/, "$1ce$2"],
  [/^(\w*[aeiou]\w*[aeiou]l)l(ed|ing|er|ers|or|ors)$/, "$1$2"],
  [/^(\w*[aeiou]\w*[aeiou]l)(ed|ing|er|ers|or|ors)$/, "$1l$2"],
];

const BY_WORD = new Map<string, Set<string>>();
for (const line of [...ABBREVIATIONS, ...SPELLINGS]) {
  const [word = "", ...others] = line.split(" ");
  for (const other of others) {
    BY_WORD.set(word, (BY_WORD.get(word) ?? new Set()).add(other));
    BY_WORD.set(other, (BY_WORD.get(other) ?? new Set()).add(word));
  }
}

const DECADE = /^(1[89]\d0|20\d0|[2-9]0)s$/;
const DECADE_NAMES = "twenties thirties forties fifties sixties seventies eighties nineties".split(
  " ",
);
const DECADE_YEARS = 10;

/** The years and names of a decade: `1980s` and `eighties` are 1980 to 1989. Empty for other words. */
export function decadeForms(word: string): string[] {
  const named = DECADE_NAMES.indexOf(word);
  const start = named >= 0 ? 1920 + named * DECADE_YEARS : Number(DECADE.exec(word)?.[1] ?? 0);
  if (start === 0) return [];
  const first = start < 100 ? 1900 + start : start;
  const years = Array.from({ length: DECADE_YEARS }, (_, i) => String(first + i));
  const isLastCentury = first >= 1920 && first < 2000;
  const short = isLastCentury
    ? [`${first - 1900}s`, DECADE_NAMES[(first - 1920) / DECADE_YEARS] ?? ""]
    : [];
  return [...years, `${first}s`, ...short];
}

/**
 * Other ways to write a typed word, most of which the index does not have.
 * @param number what the word means as a number; null if it is none
 * @param allowsI whether the letter `i` may stand for one
 */
export function equivalentsOf(
  word: string,
  number: NumberReading | null,
  allowsI: boolean,
): Equivalent[] {
  const same = [...(BY_WORD.get(word) ?? [])];
  for (const [pattern, replacement] of SPELLING_RULES)
    if (pattern.test(word)) same.push(word.replace(pattern, replacement));
  const forms = number ? numberForms(number.value, allowsI) : { cardinals: [], ordinals: [] };
  const [own, near] = number?.isOrdinal
    ? [forms.ordinals, forms.cardinals]
    : [forms.cardinals, forms.ordinals];
  return [
    ...[...same.map((text) => [text]), ...own].map((words) => ({ words, isNear: false })),
    ...[...near, ...decadeForms(word).map((text) => [text])].map((words) => ({
      words,
      isNear: true,
    })),
  ].filter(({ words }) => words.join("") !== word);
}
