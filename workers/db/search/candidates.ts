import type { Bound } from "../../domain/search/filters.ts";
import { byRowid, type Candidate, readCandidates, selectCandidates } from "./candidate-rows.ts";
import { findSpoken, spokenStatement } from "./moments.ts";
import { nothingMatch } from "./match.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";
import { topStatement, type TopQuery } from "./top.ts";

/** A result of up to so many videos is held whole: its facets, its total and its order are exact. */
export const WHOLE = 250;
/** Of a larger one, so many at a time. */
const WINDOW = 80;
/** Matches looked at one by one for those within bounds, before the index is asked for the bounds too. */
const SCAN = 800;

/** How a candidate was found, and how many of each kind at most. */
export const SOURCES = {
  exactTitle: { bit: 1, limit: 40 },
  titleStart: { bit: 2, limit: 40 },
  title: { bit: 4, limit: 60 },
  head: { bit: 8, limit: 60 },
  row: { bit: 16, limit: 40 },
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
    spoken?: string;
  };
  /** Squashed title to look up as a whole and as a beginning. */
  key: string | null;
  /** Exact bounds of the body candidates. */
  bounds: readonly Bound[];
  /** Body candidates come after this rowid; -1 for the first window. */
  after: number;
  /** Matches of the body are counted exactly up to here; at least WHOLE. */
  countTo: number;
  /** What to look for beside, where the body has more matches than its limit. */
  top: TopQuery | null;
}

export interface CandidateSet {
  candidates: Candidate[];
  /** Last body rowid where more follow, else null. */
  next: number | null;
  /** Matches in the body from `after` on; `exact` up to `countTo`. */
  total: { value: number; exact: boolean };
  /** The top of the result, unsorted; empty where the candidates are the whole result. */
  top: Candidate[];
  /** Ids of videos in which the words are spoken. */
  heard: string[];
}

/** What one shard answers. */
interface ShardAnswer {
  documents: Candidate[];
  count: number;
  top: Candidate[];
  heard: string[];
}

/**
 * The best-placed documents of every source, from all shards: each shard yields its own in rowid order, and the
 * merged lists are cut at the same limits, so the outcome does not depend on the number of shards. One round trip.
 */
export async function findCandidates(
  index: SearchIndex,
  query: CandidateQuery,
): Promise<CandidateSet> {
  const together = index.moments === index.shards;
  const { spoken, ...match } = query.match;
  const [shards, heardElsewhere] = await Promise.all([
    Promise.all(
      index.shards.map((db) => askShard(db, index.slot, together ? query : { ...query, match })),
    ),
    spoken && !together ? findSpoken(index, spoken) : [],
  ]);
  const documents = shards.flatMap((shard) => shard.documents).toSorted(byRowid);
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const sources = new Map<Candidate, number>();
  let next: number | null = null;
  for (const { bit, limit } of Object.values(SOURCES)) {
    const found = documents.filter((document) => document.sources & bit);
    const isWindow = bit === SOURCES.body.bit && count > WHOLE;
    const first = found.slice(0, isWindow ? WINDOW : limit);
    for (const one of first) sources.set(one, (sources.get(one) ?? 0) | bit);
    if (isWindow) next = first.at(-1)?.rowid ?? null;
  }
  return {
    candidates: [...sources].map(([document, bits]) => ({ ...document, sources: bits })),
    next,
    total: { value: Math.min(count, query.countTo), exact: count <= query.countTo },
    top:
      next === null
        ? []
        : shards.flatMap(({ top, ...rest }) => (top.length > 0 ? top : inBody(rest.documents))),
    heard: [...shards.flatMap((shard) => shard.heard), ...heardElsewhere],
  };
}

/** A shard without a top of its own has few matches: all of them are at hand. */
const inBody = (documents: readonly Candidate[]): Candidate[] =>
  documents.filter((document) => document.sources & SOURCES.body.bit);

async function askShard(
  db: SearchDatabase,
  slot: Slot,
  query: CandidateQuery,
): Promise<ShardAnswer> {
  const { body, narrowBody, spoken } = query.match;
  const match = query.bounds.length > 0 ? narrowBody : body;
  const top = match && query.top && topStatement(db, slot, match, query.top, WHOLE);
  const [found, ...rest] = await db.batch<Record<string, unknown>>([
    candidateStatement(db, slot, query),
    ...(top ? [top] : []),
    ...(spoken ? [spokenStatement(db, slot, spoken)] : []),
  ]);
  const row = found?.results[0];
  return {
    documents: readCandidates(row?.["documents"]),
    count: Number(row?.["count"]),
    top: top ? readCandidates(rest.shift()?.results[0]?.["documents"]) : [],
    heard: (rest.shift()?.results ?? []).map((one) => String(one["id"])),
  };
}

/** Collects the parameters of a statement. @returns their places in it */
type Bind = (value: string | number) => string;

/** All sources and the count of the body in one statement, so that the body is walked once. */
function candidateStatement(
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
  const matches = (table: string, expression: string) =>
    `${table}_${slot} WHERE ${table}_${slot} MATCH ${bind(expression)}`;
  const size = "(SELECT count(*) FROM body)";
  const body = bodyTables(slot, query, bind);
  add("body", "body", `CASE WHEN ${size} > ${WHOLE} THEN ${WINDOW} ELSE ${WHOLE} END`);
  if (key) {
    add("exactTitle", `docs_${slot} WHERE key = ${bind(key)} ORDER BY rowid`);
    add(
      "titleStart",
      `docs_${slot} WHERE key > ${bind(key)} AND key < ${bind(`${key}\u{10ffff}`)} ORDER BY key`,
    );
  }
  if (match.title) add("title", `${matches("titles", match.title)} ORDER BY rowid`);
  if (match.head) add("head", `${matches("head", match.head)} ORDER BY rowid`);
  if (match.row) add("row", `${matches("body", match.row)} ORDER BY rowid`);
  // D1 takes at most five terms in one compound SELECT.
  const union = [parts.slice(0, 3), parts.slice(3)]
    .filter((half) => half.length > 0)
    .map((half) => `SELECT * FROM (${half.join(" UNION ALL ")})`)
    .join(" UNION ALL ");
  const found = `(SELECT rowid, sum(bit) AS sources FROM (${union}) GROUP BY rowid) m JOIN docs_${slot} d ON d.rowid = m.rowid`;
  const more = match.body && onlyIf(`${size} > ${WHOLE}`, bind(match.body));
  const rest = more
    ? ` + (SELECT count(*) FROM (${matchesAfter(slot, more, "(SELECT max(rowid) FROM body)", countTo - WHOLE)}))`
    : "";
  return db
    .prepare(
      `WITH ${body} SELECT (${selectCandidates("m.sources", found)}) AS documents, ${size}${rest} AS count`,
    )
    .bind(...values);
}

/** SQL for an expression that finds nothing where the condition does not hold: FTS5 then walks nothing either. */
const onlyIf = (condition: string, match: string): string =>
  `CASE WHEN ${condition} THEN ${match} ELSE '${nothingMatch}' END`;

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
  const fits = bounds.map(
    ({ column, least, most: greatest }) =>
      `d.${column} BETWEEN ${bind(least)} AND ${bind(greatest)}`,
  );
  const scan = matchesAfter(slot, given, place, SCAN);
  const isShort = `(SELECT count(*) FROM near) < ${most}`;
  const last = matchesAfter(slot, onlyIf(isShort, given), place, `1 OFFSET ${SCAN - 1}`);
  const narrow = onlyIf("EXISTS (SELECT * FROM last)", bind(narrowBody));
  return `near AS MATERIALIZED (SELECT s.rowid FROM (${scan}) s CROSS JOIN docs_${slot} d ON d.rowid = s.rowid WHERE ${fits.join(" AND ")} LIMIT ${most}),
    last AS MATERIALIZED (${last}),
    body AS MATERIALIZED (SELECT rowid FROM near UNION ALL SELECT * FROM (${matchesAfter(slot, narrow, "(SELECT max(rowid) FROM last)", most)}) LIMIT ${most})`;
}

/** The first `limit` matches in rowid order. */
export async function firstMatches(
  index: SearchIndex,
  table: "head" | "body",
  match: string,
  limit: number,
): Promise<Candidate[]> {
  const { slot } = index;
  const from = `(SELECT rowid FROM ${table}_${slot} WHERE ${table}_${slot} MATCH ? ORDER BY rowid LIMIT ${limit}) m JOIN docs_${slot} d ON d.rowid = m.rowid`;
  return (await selected(index, SOURCES[table].bit, from, match)).slice(0, limit);
}

/** The documents of these videos, as found by what is spoken in them. */
export async function spokenDocuments(
  index: SearchIndex,
  ids: readonly string[],
): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const { bit, limit } = SOURCES.spoken;
  const from = `docs_${index.slot} d WHERE d.id IN (SELECT value FROM json_each(?))`;
  return (await selected(index, bit, from, JSON.stringify(ids))).slice(0, limit);
}

/** Documents of every shard in order of their rowids. @param from SQL with one parameter */
async function selected(
  index: SearchIndex,
  bit: number,
  from: string,
  value: string,
): Promise<Candidate[]> {
  const shards = await Promise.all(
    index.shards.map((db) =>
      db
        .prepare(`SELECT (${selectCandidates(String(bit), from)}) AS documents`)
        .bind(value)
        .first<string>("documents"),
    ),
  );
  return shards.flatMap(readCandidates).toSorted(byRowid);
}
