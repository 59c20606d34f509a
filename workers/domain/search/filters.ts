import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import { HEIGHTS, type SearchQuery } from "../../contract/search.ts";
import { isWithinLimit, limitsOver } from "../maturity.ts";
import type { IndexDocument } from "./document.ts";
import { SEPARATOR, tokenize } from "./text.ts";

/**
 * Filters are tokens of the index, so that a filtered search stays one bounded walk. They start with a character that no
 * word contains, so nothing typed can match them.
 */
const token = (kind: string, value: string | number): string =>
  `${SEPARATOR}${kind}${String(value).toLowerCase()}`;

/** Every document that a maturity limit leaves has its token. */
export const maturityToken = (limit: MaturityLimit): string => token("m", limit);

export const categoryToken = (category: string): string => token("c", category);

/** A tag as one token: its words joined, so that `Sci-Fi` and `sci fi` are the same tag. */
export function tagToken(tag: string): string {
  return token(
    "t",
    tokenize(tag)
      .map((word) => word.text)
      .join(SEPARATOR),
  );
}

/** Ids are case-sensitive, but the index folds ASCII, so a capital becomes the separator and its small letter. */
const escapeCapitals = (id: string): string =>
  id.replaceAll(/[A-Z]/g, (letter) => `${SEPARATOR}${letter}`);

const HOUR_MS = 3_600_000;
const HOURS_FROM_EPOCH_TO_2010 = 350_640;
const AXIS_BASE = 8;

/**
 * A quantity as an ordinal below AXIS_BASE^levels. Each document has a token for every level (the ordinal divided by
 * AXIS_BASE^level), so a range is an OR of few tokens, and the greatest values are found from the top.
 */
export interface Axis {
  kind: string;
  levels: number;
  ordinal: (value: number) => number;
}

/** NaN counts as 0: a forged cursor may ask for the logarithm of a negative number. */
const clamp = (value: number, levels: number): number =>
  Math.max(0, Math.min(AXIS_BASE ** levels - 1, Math.floor(value) || 0));

export const AXES = {
  /** Hours since 2010, up to 2039. */
  publishedAt: {
    kind: "p",
    levels: 6,
    ordinal: (ms) => clamp(ms / HOUR_MS - HOURS_FROM_EPOCH_TO_2010, 6),
  },
  /** Steps of ten seconds, up to 91 hours. */
  duration: { kind: "d", levels: 5, ordinal: (seconds) => clamp(seconds / 10, 5) },
  /** Steps of a sixteenth of a doubling. */
  views: { kind: "v", levels: 3, ordinal: (views) => clamp(16 * Math.log2(1 + views), 3) },
} as const satisfies Record<string, Axis>;

/** The beginning of all tokens of an axis; the level, a separator and the digit follow. */
export const axisPrefix = (axis: Axis): string => token(axis.kind, "");

const axisToken = (axis: Axis, level: number, digit: number): string =>
  `${axisPrefix(axis)}${level}${SEPARATOR}${digit}`;

function axisTokens(axis: Axis, value: number): string[] {
  return Array.from({ length: axis.levels }, (_, level) =>
    axisToken(axis, level, Math.floor(axis.ordinal(value) / AXIS_BASE ** level)),
  );
}

/** The tokens of a range may cover this share of its width too much, since every token is one more list to walk. */
const MAX_EXCESS = 1 / 8;

/**
 * A few tokens that cover the ordinals of the range, and slightly more.
 * @param greatest value of any document
 */
function coveringTokens(axis: Axis, min: number, max: number, greatest = Infinity): string[] {
  const [first, last] = [axis.ordinal(min), axis.ordinal(max)];
  const width = Math.min(Math.min(last, axis.ordinal(greatest)) - first, first || last);
  const finest = Math.max(0, Math.floor(Math.log(width * MAX_EXCESS) / Math.log(AXIS_BASE)));
  const tokens: string[] = [];
  let from = Math.floor(first / AXIS_BASE ** finest);
  let to = Math.floor(last / AXIS_BASE ** finest);
  for (let level = finest; from <= to; level++) {
    if (level === axis.levels - 1) {
      for (; from <= to; from++) tokens.push(axisToken(axis, level, from));
      break;
    }
    for (; from <= to && from % AXIS_BASE !== 0; from++) tokens.push(axisToken(axis, level, from));
    for (; from <= to && to % AXIS_BASE !== AXIS_BASE - 1; to--)
      tokens.push(axisToken(axis, level, to));
    from /= AXIS_BASE;
    to = (to + 1) / AXIS_BASE - 1;
  }
  return tokens;
}

/** A token that no document has, for a range that contains no value. */
export const noMatchToken = token("x", "nothing");

/** Every filter token of a document. */
export function documentTokens(document: IndexDocument): string[] {
  return [
    SEPARATOR,
    categoryToken(document.category),
    token("u", escapeCapitals(document.creator)),
    ...(document.language ? languageTokens(document.language) : []),
    ...document.tags.map(tagToken),
    ...limitsOver(document.maturityRating).map(maturityToken),
    ...(document.captions ? [token("x", "captions")] : []),
    ...(document.hdr ? [token("x", "hdr")] : []),
    ...HEIGHTS.filter((height) => document.height >= height).map((height) => token("h", height)),
    ...axisTokens(AXES.publishedAt, document.publishedAt),
    ...axisTokens(AXES.duration, document.duration),
    ...axisTokens(AXES.views, document.views),
  ];
}

/** `zh-Hant-TW` is found by `zh`, by `zh-Hant` and by `zh-Hant-TW`. */
function languageTokens(language: string): string[] {
  const parts = language.split("-");
  return parts.map((_, i) => token("l", parts.slice(0, i + 1).join(SEPARATOR)));
}

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
> & {
  /** The caller's own limit, independent of the query; null for none. */
  maturityLimit: MaturityLimit | null;
};

/** All filters except the ranges, as groups of tokens: a match has at least one token of each group. */
export function filterTokenGroups(filters: Filters): string[][] {
  const groups: string[][] = [];
  if (filters.category) groups.push([categoryToken(filters.category)]);
  if (filters.tag) groups.push([tagToken(filters.tag)]);
  if (filters.creator) groups.push([token("u", escapeCapitals(filters.creator))]);
  if (filters.language)
    groups.push([token("l", filters.language.toLowerCase().replaceAll("-", SEPARATOR))]);
  if (filters.maturityLimit) groups.push([maturityToken(filters.maturityLimit)]);
  if (filters.captions) groups.push([token("x", "captions")]);
  if (filters.hdr) groups.push([token("x", "hdr")]);
  if (filters.minHeight) groups.push([token("h", filters.minHeight)]);
  return groups;
}

/**
 * Groups of tokens for the ranges of duration and date, which cover a few percent too much.
 * @param now no video is published later
 */
export function rangeTokenGroups(filters: Filters, now: number): string[][] {
  const groups: string[][] = [];
  const { minDuration, maxDuration, publishedAfter, publishedBefore } = filters;
  if (minDuration !== undefined || maxDuration !== undefined)
    groups.push(coveringTokens(AXES.duration, minDuration ?? 0, maxDuration ?? Infinity));
  if (publishedAfter ?? publishedBefore)
    groups.push(
      coveringTokens(
        AXES.publishedAt,
        publishedAfter ? Date.parse(publishedAfter) : 0,
        publishedBefore ? Date.parse(publishedBefore) : Infinity,
        now,
      ),
    );
  return groups;
}

/** A range that a column of a document must lie in, both ends included. */
export interface ColumnRange {
  column: "duration" | "published_at";
  min: number;
  max: number;
}

/** The exact ranges of duration (seconds) and date (milliseconds). */
export function columnRanges(filters: Filters): ColumnRange[] {
  const { publishedAfter, publishedBefore } = filters;
  const given: [ColumnRange["column"], min: number | undefined, max: number | undefined][] = [
    ["duration", filters.minDuration, filters.maxDuration],
    [
      "published_at",
      publishedAfter ? Date.parse(publishedAfter) : undefined,
      publishedBefore ? Date.parse(publishedBefore) : undefined,
    ],
  ];
  return given.flatMap(([column, min, max]) =>
    min === undefined && max === undefined
      ? []
      : [{ column, min: min ?? 0, max: max ?? Number.MAX_SAFE_INTEGER }],
  );
}

/**
 * The exact test of every filter, for candidates that have been read. Candidates that the index found by their filter
 * tokens (`matchesTokens`) need only the ranges tested: with very many tags, a candidate itself carries only the first.
 */
export function exactFilter(
  filters: Filters,
): (document: Omit<IndexDocument, "description" | "revision">, matchesTokens: boolean) => boolean {
  const { category, creator, minHeight = 0 } = filters;
  const tag = filters.tag && tagToken(filters.tag);
  const language = filters.language && `${filters.language.toLowerCase()}-`;
  const ranges = columnRanges(filters);
  return (document, matchesTokens) =>
    isWithinLimit(filters.maturityLimit, document) &&
    (matchesTokens ||
      ((!category || document.category === category) &&
        (!tag || document.tags.some((own) => tagToken(own) === tag)) &&
        (!creator || document.creator === creator) &&
        (!language || `${document.language?.toLowerCase()}-`.startsWith(language)) &&
        (!filters.captions || document.captions) &&
        (!filters.hdr || document.hdr) &&
        minHeight <= document.height)) &&
    ranges.every(({ column, min, max }) => {
      const value = column === "published_at" ? document.publishedAt : document[column];
      return min <= value && value <= max;
    });
}
