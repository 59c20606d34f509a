import { HEIGHTS, type SearchQuery } from "../../contract/search.ts";
import type { IndexDocument } from "./document.ts";
import { SEPARATOR, tokenize } from "./text.ts";

/**
 * Filters are tokens inside the index, so that a filtered search stays one bounded walk. They start with a
 * character that no word has, so nothing typed can meet them.
 */
const token = (kind: string, value: string | number): string =>
  `${SEPARATOR}${kind}${String(value).toLowerCase()}`;

export const categoryToken = (category: string): string => token("c", category);

/** A tag as one token: its words joined, so that `Sci-Fi` and `sci fi` are one tag. */
export const tagToken = (tag: string): string =>
  token(
    "t",
    tokenize(tag)
      .map((word) => word.text)
      .join(SEPARATOR),
  );

/** Ids differ by case, but the index folds ASCII: capitals are written as `^` and the small letter. */
const caseless = (id: string): string =>
  id.replaceAll(/[A-Z]/g, (letter) => `${SEPARATOR}${letter}`);

const HOUR = 3_600_000;
const BASE = 8;

/**
 * A quantity as an ordinal number below BASE^levels. Each document has a token for every level (the ordinal
 * divided by BASE^level), so a range is an OR of few tokens, and the greatest values are found from the top.
 */
export interface Axis {
  kind: string;
  levels: number;
  ordinal: (value: number) => number;
}

/** What is no number, as the logarithm in a cursor that was made up, counts as 0. */
const clamp = (value: number, levels: number): number =>
  Math.max(0, Math.min(BASE ** levels - 1, Math.floor(value) || 0));

export const AXES = {
  /** Hours since 2010, to 2039. */
  publishedAt: { kind: "p", levels: 6, ordinal: (ms) => clamp(ms / HOUR - 350_640, 6) },
  /** Ten seconds each, to 91 hours. */
  duration: { kind: "d", levels: 5, ordinal: (seconds) => clamp(seconds / 10, 5) },
  /** A sixteenth of a doubling. */
  views: { kind: "v", levels: 3, ordinal: (views) => clamp(16 * Math.log2(1 + views), 3) },
} as const satisfies Record<string, Axis>;

/** What the tokens of an axis begin with; the level, a separator and the digit follow. */
export const axisPrefix = (axis: Axis): string => token(axis.kind, "");

const axisToken = (axis: Axis, level: number, digit: number): string =>
  `${axisPrefix(axis)}${level}${SEPARATOR}${digit}`;

const axisTokens = (axis: Axis, value: number): string[] =>
  Array.from({ length: axis.levels }, (_, level) =>
    axisToken(axis, level, Math.floor(axis.ordinal(value) / BASE ** level)),
  );

/** A range is covered up to this share of its width too widely, since every token is one more list to walk. */
const PRECISION = 1 / 8;

/**
 * Few tokens that cover the ordinals from `low` to `high`, and a little beside.
 * @param greatest of all documents
 */
function axisCover(axis: Axis, low: number, high: number, greatest = Infinity): string[] {
  const [first, last] = [axis.ordinal(low), axis.ordinal(high)];
  const width = Math.min(Math.min(last, axis.ordinal(greatest)) - first, first || last);
  const finest = Math.max(0, Math.floor(Math.log(width * PRECISION) / Math.log(BASE)));
  const tokens: string[] = [];
  let from = Math.floor(first / BASE ** finest);
  let to = Math.floor(last / BASE ** finest);
  for (let level = finest; from <= to; level++) {
    if (level === axis.levels - 1) {
      for (; from <= to; from++) tokens.push(axisToken(axis, level, from));
      break;
    }
    for (; from <= to && from % BASE !== 0; from++) tokens.push(axisToken(axis, level, from));
    for (; from <= to && to % BASE !== BASE - 1; to--) tokens.push(axisToken(axis, level, to));
    from /= BASE;
    to = (to + 1) / BASE - 1;
  }
  return tokens;
}

/** A token that no document has, for a range in which nothing can lie. */
export const nothingToken = token("x", "nothing");

/** Every filter token of a document. */
export function documentTokens(document: IndexDocument): string[] {
  return [
    SEPARATOR,
    categoryToken(document.category),
    token("u", caseless(document.creator)),
    ...(document.language ? languageTokens(document.language) : []),
    ...document.tags.map(tagToken),
    ...(document.captions ? [token("x", "captions")] : []),
    ...(document.hdr ? [token("x", "hdr")] : []),
    ...HEIGHTS.filter((height) => document.height >= height).map((height) => token("h", height)),
    ...axisTokens(AXES.publishedAt, document.publishedAt),
    ...axisTokens(AXES.duration, document.duration),
    ...axisTokens(AXES.views, document.views),
  ];
}

/** `zh-Hant-TW` is found by `zh`, by `zh-Hant` and by `zh-Hant-TW`. */
const languageTokens = (language: string): string[] => {
  const parts = language.split("-");
  return parts.map((_, i) => token("l", parts.slice(0, i + 1).join(SEPARATOR)));
};

export type Filters = Pick<
  SearchQuery,
  | "category"
  | "tag"
  | "creator"
  | "language"
  | "minDuration"
  | "maxDuration"
  | "publishedAfter"
  | "publishedBefore"
  | "captions"
  | "hdr"
  | "minHeight"
>;

/** Groups of tokens of which a match has at least one each: every filter but the ranges of duration and date. */
export function filterGroups(filters: Filters): string[][] {
  const groups: string[][] = [];
  if (filters.category) groups.push([categoryToken(filters.category)]);
  if (filters.tag) groups.push([tagToken(filters.tag)]);
  if (filters.creator) groups.push([token("u", caseless(filters.creator))]);
  if (filters.language)
    groups.push([token("l", filters.language.toLowerCase().replaceAll("-", SEPARATOR))]);
  if (filters.captions) groups.push([token("x", "captions")]);
  if (filters.hdr) groups.push([token("x", "hdr")]);
  if (filters.minHeight) groups.push([token("h", filters.minHeight)]);
  return groups;
}

/**
 * Groups of tokens for the ranges of duration and date. They are covered a little too widely (by some percent).
 * @param now nothing is published later
 */
export function rangeGroups(filters: Filters, now: number): string[][] {
  const groups: string[][] = [];
  const { minDuration, maxDuration, publishedAfter, publishedBefore } = filters;
  if (minDuration !== undefined || maxDuration !== undefined)
    groups.push(axisCover(AXES.duration, minDuration ?? 0, maxDuration ?? Infinity));
  if (publishedAfter ?? publishedBefore)
    groups.push(
      axisCover(
        AXES.publishedAt,
        publishedAfter ? Date.parse(publishedAfter) : 0,
        publishedBefore ? Date.parse(publishedBefore) : Infinity,
        now,
      ),
    );
  return groups;
}

/** What a quantity of a document must lie between. */
export interface Bound {
  column: "duration" | "published_at";
  least: number;
  most: number;
}

/** The exact bounds of the filters that are ranges. */
export function bounds(filters: Filters): Bound[] {
  const { publishedAfter, publishedBefore } = filters;
  const given: [Bound["column"], number | undefined, number | undefined][] = [
    ["duration", filters.minDuration, filters.maxDuration],
    [
      "published_at",
      publishedAfter ? Date.parse(publishedAfter) : undefined,
      publishedBefore ? Date.parse(publishedBefore) : undefined,
    ],
  ];
  return given.flatMap(([column, least, most]) =>
    least === undefined && most === undefined
      ? []
      : [{ column, least: least ?? 0, most: most ?? Number.MAX_SAFE_INTEGER }],
  );
}

/**
 * The exact test of every filter, for candidates in hand. Of those that the index has found by their tokens (`met`) only the
 * ranges are left to test; of very many tags a candidate itself has only the first.
 */
export function exactFilter(
  filters: Filters,
): (document: Omit<IndexDocument, "description" | "revision">, met: boolean) => boolean {
  const { category, creator, minHeight = 0 } = filters;
  const tag = filters.tag && tagToken(filters.tag);
  const language = filters.language && `${filters.language.toLowerCase()}-`;
  const ranges = bounds(filters);
  return (document, met) =>
    (met ||
      ((!category || document.category === category) &&
        (!tag || document.tags.some((own) => tagToken(own) === tag)) &&
        (!creator || document.creator === creator) &&
        (!language || `${document.language?.toLowerCase()}-`.startsWith(language)) &&
        (!filters.captions || document.captions) &&
        (!filters.hdr || document.hdr) &&
        minHeight <= document.height)) &&
    ranges.every(({ column, least, most }) => {
      const value = column === "published_at" ? document.publishedAt : document[column];
      return least <= value && value <= most;
    });
}
