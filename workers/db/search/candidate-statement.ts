import { ROWS_PER_VIDEO } from "../../domain/search/cue-windows.ts";
import type { ColumnRange } from "../../domain/search/filters.ts";
import { selectCandidates } from "./candidate-rows.ts";
import type { IndexSide } from "./index-state.ts";
import { noMatch } from "./match.ts";
import { type Bind, rangesSql } from "./ranges.ts";
import type { SearchDatabase } from "./shards.ts";
import type { TopQuery } from "./top-statement.ts";

/** A result with up to this many videos is read whole: its facets, total and order are exact. */
export const MAX_WHOLE_RESULT = 200;
/** A larger result is read in windows of this many videos. */
export const WINDOW_SIZE = 60;
/** Matches whose columns are checked against the ranges, before the range tokens of the index are used as well. */
const MAX_SCANNED_MATCHES = 640;
/** Cue windows read to find the videos whose captions match: a long video may match in each of its windows. */
export const MAX_CUE_WINDOWS = 400;

/** How a candidate was found, and the most candidates of each kind. */
export const SOURCES = {
  exactTitle: { bit: 1, limit: 40 },
  titleStart: { bit: 2, limit: 40 },
  title: { bit: 4, limit: 40 },
  head: { bit: 8, limit: 40 },
  /** The typed words in sequence. */
  sequence: { bit: 16, limit: 30 },
  body: { bit: 32, limit: MAX_WHOLE_RESULT },
  captions: { bit: 64, limit: 60 },
} as const;
export type Source = keyof typeof SOURCES;

export interface CandidateQuery {
  /** FTS5 expressions; a source without one is not searched. */
  match: {
    title?: string;
    head?: string;
    sequence?: string;
    body?: string;
    /** `body` with range tokens, which cover the ranges approximately; required if there are ranges. */
    narrowBody?: string;
    /** Searched for in cue windows if the body is a whole result. */
    captions?: string;
    /** Excluded terms for videos that are found by their captions. */
    excluded?: string;
  };
  /** Title keys to look up as a whole, the typed one first, which is looked up as a beginning too. */
  keys: readonly string[];
  /** The body finds all that titles and head find, so these are searched only if it has more than a whole result. */
  covered: boolean;
  /** Matches of titles and head must match the body too, because they do not contain descriptions. */
  strict: boolean;
  /** Exact ranges of the body candidates. */
  ranges: readonly ColumnRange[];
  /** Body candidates come after this rowid; -1 for the first window. */
  after: number;
  /** Matches of the body are counted exactly up to here; at least MAX_WHOLE_RESULT. */
  countTo: number;
  /** For a sorted search: what to read in addition if the body has more than a whole result. Titles and head are
   * searched only if it has not. */
  top: TopQuery | null;
}

/** Number of matches in the body, counted once, up to one more than a whole result. */
const BODY_SIZE = "(SELECT n FROM size)";
const SIZE_TABLE = "size AS MATERIALIZED (SELECT count(*) AS n FROM body)";

/**
 * All sources and the count of the body in one statement, so that the body is walked once. It returns one row:
 * `documents` (see `selectCandidates`), `count`, and `cue_windows`, the number of matching cue windows read.
 *
 * Plan: each source is a walk of one FTS5 posting list in rowid order, or of the index on `key`, that ends at the source's
 * limit (at most 450 rows together); `docs` is then joined by rowid. The count continues up to `countTo`.
 */
export function candidateStatement(
  db: SearchDatabase,
  side: IndexSide,
  query: CandidateQuery,
): D1PreparedStatement {
  const { match, keys, countTo } = query;
  const [key] = keys;
  const values: (string | number)[] = [];
  const bind: Bind = (value) => `?${values.push(value)}`;
  const parts: string[] = [];
  const add = (source: Source, from: string, limit: number | string = SOURCES[source].limit) =>
    parts.push(
      `SELECT * FROM (SELECT rowid, ${SOURCES[source].bit} AS bit FROM ${from} LIMIT ${limit})`,
    );
  const body = bodyTables(side, query, bind);
  add(
    "body",
    "body",
    `CASE WHEN ${BODY_SIZE} > ${MAX_WHOLE_RESULT} THEN ${WINDOW_SIZE} ELSE ${MAX_WHOLE_RESULT} END`,
  );
  const isSearched = query.top ? `${BODY_SIZE} <= ${MAX_WHOLE_RESULT}` : "true";
  if (key) {
    // Nothing equals NULL. A separate condition would be checked for every title that begins with the key.
    const ifSearched = (value: string) =>
      query.top ? `CASE WHEN ${isSearched} THEN ${value} END` : value;
    add(
      "exactTitle",
      `(SELECT d.rowid FROM json_each(${ifSearched(bind(JSON.stringify(keys)))}) k CROSS JOIN docs_${side} d ON d.key = k.value)`,
    );
    add(
      "titleStart",
      `docs_${side} WHERE key > ${ifSearched(bind(key))} AND key < ${bind(`${key}\u{10ffff}`)} ORDER BY key`,
    );
  }
  const matches = (table: string, expression: string, condition = isSearched) =>
    `${table}_${side} WHERE ${table}_${side} MATCH ${onlyIf(condition, bind(expression))} ORDER BY rowid`;
  const isUncovered = query.covered ? `${BODY_SIZE} > ${MAX_WHOLE_RESULT}` : isSearched;
  if (!(query.covered && query.top)) {
    if (match.title) add("title", matches("titles", match.title, isUncovered));
    if (match.head) add("head", matches("head", match.head, isUncovered));
  }
  if (match.sequence) add("sequence", matches("body", match.sequence));
  if (match.captions) add("captions", captionedDocuments(side, match.excluded, bind));
  // D1 allows five terms in one compound SELECT.
  const union = [parts.slice(0, 4), parts.slice(4)]
    .filter((half) => half.length > 0)
    .map((half) => `SELECT * FROM (${half.join(" UNION ALL ")})`)
    .join(" UNION ALL ");
  const found = `(SELECT rowid, sum(bit) AS sources FROM (${union}) GROUP BY rowid) m
    JOIN docs_${side} d ON d.rowid = m.rowid`;
  const strict =
    query.strict && match.body
      ? ` WHERE m.sources & ${SOURCES.body.bit | SOURCES.captions.bit}
        OR ${isMatch(side, bind(match.body), "m.rowid")}`
      : "";
  const more = match.body && onlyIf(`${BODY_SIZE} > ${MAX_WHOLE_RESULT}`, bind(match.body));
  const rest = more
    ? ` + (SELECT count(*) FROM (${matchesAfter(side, more, "(SELECT max(rowid) FROM body)", countTo - MAX_WHOLE_RESULT)}))`
    : "";
  const captioned = match.captions ? `, ${captionedTable(side, bind(match.captions))}` : "";
  const windows = match.captions ? "(SELECT total(windows) FROM captioned)" : "0";
  return db
    .prepare(
      `WITH ${body}, ${SIZE_TABLE}${captioned}
      SELECT
        (${selectCandidates("m.sources", `${found}${strict}`)}) AS documents,
        ${BODY_SIZE}${rest} AS count,
        ${windows} AS cue_windows`,
    )
    .bind(...values);
}

/** SQL for an expression that matches nothing unless the condition holds: FTS5 then walks nothing either. */
const onlyIf = (condition: string, match: string): string =>
  condition === "true" ? match : `CASE WHEN ${condition} THEN ${match} ELSE '${noMatch}' END`;

/** SQL for whether the body of a document matches. */
const isMatch = (side: IndexSide, match: string, rowid: string): string =>
  `EXISTS (SELECT 1 FROM body_${side} WHERE body_${side} MATCH ${match} AND rowid = ${rowid})`;

/** SQL for the rowids of the first matches of the body after a rowid. */
function matchesAfter(
  side: IndexSide,
  match: string,
  after: string,
  limit: number | string,
): string {
  return `SELECT rowid FROM body_${side} WHERE body_${side} MATCH ${match} AND rowid > ${after} ORDER BY rowid LIMIT ${limit}`;
}

/**
 * The table `body`: rowids of the first matches, up to one more than a whole result.
 *
 * With ranges, the columns of the first MAX_SCANNED_MATCHES matches are checked one by one, which is enough if many of
 * them are in range. Only from there on is the OR of range tokens walked, since FTS5 takes several times as long to keep
 * about twenty lists in step as to walk one.
 */
function bodyTables(side: IndexSide, { match, ranges, after }: CandidateQuery, bind: Bind): string {
  const { body, narrowBody } = match;
  if (!body) return "body AS (SELECT NULL AS rowid WHERE false)";
  const [limit, bodyMatch, start] = [MAX_WHOLE_RESULT + 1, bind(body), bind(after)];
  if (ranges.length === 0 || !narrowBody)
    return `body AS MATERIALIZED (${matchesAfter(side, bodyMatch, start, limit)})`;
  const isInRange = rangesSql(ranges, bind);
  // A JSON list, so that the scan is walked once: walking it again for its end costs as much as reading its documents.
  const scan = matchesAfter(side, bodyMatch, start, MAX_SCANNED_MATCHES);
  const isShort = `(SELECT count(*) FROM near) < ${limit}`;
  const end = `(SELECT CASE WHEN ${isShort} THEN rowids ->> ${MAX_SCANNED_MATCHES - 1} END FROM scan)`;
  const narrow = onlyIf(`${end} IS NOT NULL`, bind(narrowBody));
  return `scan AS MATERIALIZED (SELECT json_group_array(rowid) AS rowids FROM (${scan})),
    near AS MATERIALIZED (
      SELECT d.rowid FROM scan, json_each(scan.rowids) s
      CROSS JOIN docs_${side} d ON d.rowid = s.value
      WHERE ${isInRange} LIMIT ${limit}
    ),
    body AS MATERIALIZED (
      SELECT rowid FROM near
      UNION ALL SELECT * FROM (${matchesAfter(side, narrow, end, limit)})
      LIMIT ${limit}
    )`;
}

/**
 * The table `captioned`: videos whose captions match. If the body has more than a whole result, videos that match only in
 * their captions would come last, so one window is enough to know that there are moments.
 */
function captionedTable(side: IndexSide, match: string): string {
  const limit = `CASE WHEN ${BODY_SIZE} > ${MAX_WHOLE_RESULT} THEN 1 ELSE ${MAX_CUE_WINDOWS} END`;
  return `captioned AS MATERIALIZED (${captionedBlocks(side, match, limit)})`;
}

/** SQL for blocks of ROWS_PER_VIDEO rowids, one per video, with the number of matching windows. @param limit of windows */
function captionedBlocks(side: IndexSide, match: string, limit: number | string): string {
  return `SELECT block, count(*) AS windows
  FROM (
    SELECT rowid / ${ROWS_PER_VIDEO} AS block FROM cues_${side}
    WHERE cues_${side} MATCH ${match} ORDER BY rowid LIMIT ${limit}
  )
  GROUP BY block`;
}

function captionedDocuments(side: IndexSide, excluded: string | undefined, bind: Bind): string {
  const isAllowed = excluded ? ` AND NOT ${isMatch(side, bind(excluded), "d.rowid")}` : "";
  return `(
    SELECT d.rowid FROM captioned c
    CROSS JOIN captioned_${side} s ON s.base = c.block * ${ROWS_PER_VIDEO}
    CROSS JOIN docs_${side} d ON d.id = s.id
    WHERE ${BODY_SIZE} <= ${MAX_WHOLE_RESULT}${isAllowed}
  )`;
}

/**
 * Videos whose captions match, for cue windows in databases of their own. Plan: one walk of the FTS5 table of at most
 * MAX_CUE_WINDOWS rows, then one lookup in `captioned` by primary key per video.
 */
export function captionedVideosStatement(
  db: SearchDatabase,
  side: IndexSide,
  match: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT s.id, s.base, c.windows
      FROM (${captionedBlocks(side, "?", MAX_CUE_WINDOWS)}) c
      JOIN captioned_${side} s ON s.base = c.block * ${ROWS_PER_VIDEO}`,
    )
    .bind(match);
}

/** The documents of these videos with the best static score, without those that match the exclusion. */
export function captionedDocumentsStatement(
  db: SearchDatabase,
  side: IndexSide,
  ids: readonly string[],
  excluded: string | undefined,
): D1PreparedStatement {
  const values: (string | number)[] = [];
  const bind: Bind = (value) => `?${values.push(value)}`;
  const isAllowed = excluded ? ` AND NOT ${isMatch(side, bind(excluded), "docs.rowid")}` : "";
  const from = `(
    SELECT rowid, card FROM docs_${side} docs
    WHERE id IN (SELECT value FROM json_each(${bind(JSON.stringify(ids))}))${isAllowed}
    ORDER BY rowid LIMIT ${SOURCES.captions.limit}
  ) d`;
  return db
    .prepare(`SELECT (${selectCandidates(String(SOURCES.captions.bit), from)}) AS documents`)
    .bind(...values);
}
