import type { Bound } from "../../domain/search/filters.ts";
import { VIDEO_ROWS } from "../../domain/search/moments.ts";
import { type Bind, boundsSql } from "./bounds.ts";
import { selectCandidates } from "./candidate-rows.ts";
import { nothingMatch } from "./match.ts";
import type { SearchDatabase, Slot } from "./shards.ts";
import type { TopQuery } from "./top.ts";

/** A result of up to so many videos is held whole: its facets, its total and its order are exact. */
export const WHOLE = 200;
/** Of a larger one, so many at a time. */
export const WINDOW = 60;
/** Matches looked at one by one for those within bounds, before the index is asked for the bounds too. */
const SCAN = 640;
/** Caption windows looked at for the videos in which the words are spoken: a film may have them in each of its windows. */
export const CUE_WINDOWS = 400;

/** How a candidate was found, and how many of each kind at most. */
export const SOURCES = {
  exactTitle: { bit: 1, limit: 40 },
  titleStart: { bit: 2, limit: 40 },
  title: { bit: 4, limit: 40 },
  head: { bit: 8, limit: 40 },
  row: { bit: 16, limit: 30 },
  body: { bit: 32, limit: WHOLE },
  /** Found by its captions; see moments.ts. */
  spoken: { bit: 64, limit: 60 },
} as const;
export type Source = keyof typeof SOURCES;

export interface CandidateQuery {
  /** FTS5 expressions; a source without one is not asked. */
  match: {
    title?: string;
    head?: string;
    row?: string;
    body?: string;
    /** The same as `body` and about within the bounds; needed where there are any. */
    narrowBody?: string;
    /** Looked for in caption windows where the body leaves room. */
    spoken?: string;
    /** What no video may have whose captions match. */
    unwanted?: string;
  };
  /** Squashed title to look up as a whole and as a beginning. */
  key: string | null;
  /** Whether the body finds all that titles and head find: then they are asked only where it has more than a whole result. */
  covered: boolean;
  /** Whether what titles and head find must match the body too: they know nothing of descriptions. */
  strict: boolean;
  /** Exact bounds of the body candidates. */
  bounds: readonly Bound[];
  /** Body candidates come after this rowid; -1 for the first window. */
  after: number;
  /** Matches of the body are counted exactly up to here; at least WHOLE. */
  countTo: number;
  /** What to look for beside, where the body has more matches than its limit; titles and head are asked only where not. */
  top: TopQuery | null;
}

/** Number of matches in the body, counted once, up to one more than a whole result. */
const SIZE = "(SELECT n FROM size)";
const sizeTable = "size AS MATERIALIZED (SELECT count(*) AS n FROM body)";

/**
 * All sources and the count of the body in one statement, so that the body is walked once: `documents`, `count`, and
 * `heard`, the caption windows that have the words, looked through for at most one of them where none is shown.
 */
export function candidateStatement(
  db: SearchDatabase,
  slot: Slot,
  query: CandidateQuery,
): D1PreparedStatement {
  const { match, key, countTo } = query;
  const values: (string | number)[] = [];
  const bind: Bind = (value) => `?${values.push(value)}`;
  const parts: string[] = [];
  const add = (source: Source, from: string, limit: number | string = SOURCES[source].limit) =>
    parts.push(
      `SELECT * FROM (SELECT rowid, ${SOURCES[source].bit} AS bit FROM ${from} LIMIT ${limit})`,
    );
  const body = bodyTables(slot, query, bind);
  add("body", "body", `CASE WHEN ${SIZE} > ${WHOLE} THEN ${WINDOW} ELSE ${WHOLE} END`);
  const isAsked = query.top ? `${SIZE} <= ${WHOLE}` : "true";
  if (key) {
    // Nothing equals NULL: a condition beside would be asked of every title that begins so.
    const asked = (value: string) => (query.top ? `CASE WHEN ${isAsked} THEN ${value} END` : value);
    const docs = `docs_${slot} WHERE`;
    add("exactTitle", `${docs} key = ${asked(bind(key))} ORDER BY rowid`);
    add(
      "titleStart",
      `${docs} key > ${asked(bind(key))} AND key < ${bind(`${key}\u{10ffff}`)} ORDER BY key`,
    );
  }
  const matches = (table: string, expression: string, condition = isAsked) =>
    `${table}_${slot} WHERE ${table}_${slot} MATCH ${onlyIf(condition, bind(expression))} ORDER BY rowid`;
  const isMissed = query.covered ? `${SIZE} > ${WHOLE}` : isAsked;
  if (!(query.covered && query.top)) {
    if (match.title) add("title", matches("titles", match.title, isMissed));
    if (match.head) add("head", matches("head", match.head, isMissed));
  }
  if (match.row) add("row", matches("body", match.row));
  if (match.spoken) add("spoken", heardDocuments(slot, match.unwanted, bind));
  // D1 takes at most five terms in one compound SELECT.
  const union = [parts.slice(0, 4), parts.slice(4)]
    .filter((half) => half.length > 0)
    .map((half) => `SELECT * FROM (${half.join(" UNION ALL ")})`)
    .join(" UNION ALL ");
  const found = `(SELECT rowid, sum(bit) AS sources FROM (${union}) GROUP BY rowid) m JOIN docs_${slot} d ON d.rowid = m.rowid`;
  const strict =
    query.strict && match.body
      ? ` WHERE m.sources & ${SOURCES.body.bit | SOURCES.spoken.bit} OR ${isMatch(slot, bind(match.body), "m.rowid")}`
      : "";
  const more = match.body && onlyIf(`${SIZE} > ${WHOLE}`, bind(match.body));
  const rest = more
    ? ` + (SELECT count(*) FROM (${matchesAfter(slot, more, "(SELECT max(rowid) FROM body)", countTo - WHOLE)}))`
    : "";
  const heard = match.spoken ? `, ${heardTable(slot, bind(match.spoken))}` : "";
  const windows = match.spoken ? "(SELECT total(windows) FROM heard)" : "0";
  return db
    .prepare(
      `WITH ${body}, ${sizeTable}${heard} SELECT (${selectCandidates("m.sources", `${found}${strict}`)}) AS documents, ${SIZE}${rest} AS count, ${windows} AS heard`,
    )
    .bind(...values);
}

/** SQL for an expression that finds nothing where the condition does not hold: FTS5 then walks nothing either. */
const onlyIf = (condition: string, match: string): string =>
  condition === "true" ? match : `CASE WHEN ${condition} THEN ${match} ELSE '${nothingMatch}' END`;

/** SQL for whether the body of a document matches. */
const isMatch = (slot: Slot, match: string, rowid: string): string =>
  `EXISTS (SELECT 1 FROM body_${slot} WHERE body_${slot} MATCH ${match} AND rowid = ${rowid})`;

/** Rowids of the first matches of the body after a place. */
const matchesAfter = (slot: Slot, match: string, place: string, limit: number | string): string =>
  `SELECT rowid FROM body_${slot} WHERE body_${slot} MATCH ${match} AND rowid > ${place} ORDER BY rowid LIMIT ${limit}`;

/**
 * The table `body`: rowids of the first matches, and one more than a whole result where there are more. Within bounds, the
 * first matches are looked at one by one, which is soon enough where many of them fit; an OR of range tokens is walked only
 * from there on, since to keep a score of lists in step costs FTS5 several times as much as one.
 */
function bodyTables(slot: Slot, { match, bounds, after }: CandidateQuery, bind: Bind): string {
  const { body, narrowBody } = match;
  if (!body) return "body AS (SELECT NULL AS rowid WHERE false)";
  const [most, given, place] = [WHOLE + 1, bind(body), bind(after)];
  if (bounds.length === 0 || !narrowBody)
    return `body AS MATERIALIZED (${matchesAfter(slot, given, place, most)})`;
  const fits = boundsSql(bounds, bind);
  // Walked once: to walk it again for its end takes as long as to look at its documents.
  const scan = matchesAfter(slot, given, place, SCAN);
  const isShort = `(SELECT count(*) FROM near) < ${most}`;
  const end = `(SELECT CASE WHEN ${isShort} THEN rowids ->> ${SCAN - 1} END FROM scan)`;
  const narrow = onlyIf(`${end} IS NOT NULL`, bind(narrowBody));
  return `scan AS MATERIALIZED (SELECT json_group_array(rowid) AS rowids FROM (${scan})),
    near AS MATERIALIZED (SELECT d.rowid FROM scan, json_each(scan.rowids) s CROSS JOIN docs_${slot} d ON d.rowid = s.value WHERE ${fits} LIMIT ${most}),
    body AS MATERIALIZED (SELECT rowid FROM near UNION ALL SELECT * FROM (${matchesAfter(slot, narrow, end, most)}) LIMIT ${most})`;
}

/**
 * The table `heard`: the places of videos in whose captions the words are spoken. Where they are written in more videos than
 * a whole result, those that only say them would come last: then one is enough to know that there are moments.
 */
const heardTable = (slot: Slot, match: string): string =>
  `heard AS MATERIALIZED (${heardPlaces(slot, match, `CASE WHEN ${SIZE} > ${WHOLE} THEN 1 ELSE ${CUE_WINDOWS} END`)})`;

/** Videos by their place, with the number of their windows. @param limit of windows */
const heardPlaces = (slot: Slot, match: string, limit: number | string): string =>
  `SELECT place, count(*) AS windows FROM (SELECT rowid / ${VIDEO_ROWS} AS place FROM moments_${slot} WHERE moments_${slot} MATCH ${match} ORDER BY rowid LIMIT ${limit}) GROUP BY place`;

function heardDocuments(slot: Slot, unwanted: string | undefined, bind: Bind): string {
  const spoken = `heard h CROSS JOIN spoken_${slot} s ON s.base = h.place * ${VIDEO_ROWS} CROSS JOIN docs_${slot} d ON d.id = s.id`;
  const allowed = unwanted ? ` AND NOT ${isMatch(slot, bind(unwanted), "d.rowid")}` : "";
  return `(SELECT d.rowid FROM ${spoken} WHERE ${SIZE} <= ${WHOLE}${allowed})`;
}

/** Videos in which the words are spoken, with the number of windows, where these have databases of their own. */
export const captionStatement = (
  db: SearchDatabase,
  slot: Slot,
  match: string,
): D1PreparedStatement =>
  db
    .prepare(
      `SELECT s.id, s.base, h.windows FROM (${heardPlaces(slot, "?", CUE_WINDOWS)}) h JOIN spoken_${slot} s ON s.base = h.place * ${VIDEO_ROWS}`,
    )
    .bind(match);

/** The best documents of these videos, without those that have what is unwanted. */
export function cueStatement(
  db: SearchDatabase,
  slot: Slot,
  ids: readonly string[],
  unwanted: string | undefined,
): D1PreparedStatement {
  const values: (string | number)[] = [];
  const bind: Bind = (value) => `?${values.push(value)}`;
  const allowed = unwanted ? ` AND NOT ${isMatch(slot, bind(unwanted), "docs.rowid")}` : "";
  const from = `(SELECT rowid, card FROM docs_${slot} docs WHERE id IN (SELECT value FROM json_each(${bind(JSON.stringify(ids))}))${allowed} ORDER BY rowid LIMIT ${SOURCES.spoken.limit}) d`;
  return db
    .prepare(`SELECT (${selectCandidates(String(SOURCES.spoken.bit), from)}) AS documents`)
    .bind(...values);
}
