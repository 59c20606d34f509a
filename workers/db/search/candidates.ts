import { byRowid, type Candidate, readCandidates, selectCandidates } from "./candidate-rows.ts";
import { findSpoken, spokenStatement } from "./moments.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";
import { topStatement, type TopQuery } from "./top.ts";

/** How a candidate was found, and how many of each kind at most. */
export const SOURCES = {
  exactTitle: { bit: 1, limit: 40 },
  titleStart: { bit: 2, limit: 40 },
  title: { bit: 4, limit: 80 },
  head: { bit: 8, limit: 80 },
  row: { bit: 16, limit: 40 },
  body: { bit: 32, limit: 250 },
  /** Found by its captions; see moments.ts. */
  spoken: { bit: 64, limit: 60 },
} as const;
export type Source = keyof typeof SOURCES;

export interface CandidateQuery {
  /** FTS5 expressions; a source without one is not asked. */
  match: { title?: string; head?: string; row?: string; body?: string; spoken?: string };
  /** Squashed title to look up as a whole and as a beginning. */
  key: string | null;
  /** Body candidates come after this rowid; -1 for the first window. */
  after: number;
  /** Matches of the body are counted exactly up to here; at least the limit of the body. */
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
    for (const one of found.slice(0, limit)) sources.set(one, (sources.get(one) ?? 0) | bit);
    if (bit === SOURCES.body.bit && count > limit) next = found[limit - 1]?.rowid ?? null;
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
  const { body, spoken } = query.match;
  const top = body && query.top && topStatement(db, slot, body, query.top, SOURCES.body.limit);
  const [found, ...rest] = await db.batch<Record<string, unknown>>([
    candidateStatement(db, slot, query),
    ...(top ? [top] : []),
    ...(spoken ? [spokenStatement(db, slot, spoken)] : []),
  ]);
  const row = found?.results[0];
  const topRow = top ? rest.shift()?.results[0] : undefined;
  return {
    documents: readCandidates(String(row?.["documents"])),
    count: Number(row?.["count"]),
    top: topRow ? readCandidates(String(topRow["documents"])) : [],
    heard: (rest.shift()?.results ?? []).map((one) => String(one["id"])),
  };
}

/** All sources and the count of the body in one statement, so that the body is walked once. */
function candidateStatement(
  db: SearchDatabase,
  slot: Slot,
  { match, key, after, countTo }: CandidateQuery,
): D1PreparedStatement {
  const values: (string | number)[] = [];
  const bind = (value: string | number) => `?${values.push(value)}`;
  const parts: string[] = [];
  const add = (source: Source, from: string) => {
    const { bit, limit } = SOURCES[source];
    parts.push(`SELECT * FROM (SELECT rowid, ${bit} AS bit FROM ${from} LIMIT ${limit})`);
  };
  const matches = (table: string, expression: string) =>
    `${table}_${slot} WHERE ${table}_${slot} MATCH ${bind(expression)}`;
  const inBody = match.body && matches("body", match.body);
  const more = countTo + 1 - SOURCES.body.limit;
  // Asked only where the window is full: else the whole list would be walked once more.
  const [body, rest] = inBody
    ? [
        `SELECT rowid FROM ${inBody} AND rowid > ${bind(after)} ORDER BY rowid LIMIT ${SOURCES.body.limit}`,
        `CASE (SELECT count(*) FROM body) WHEN ${SOURCES.body.limit} THEN (SELECT count(*) FROM (SELECT rowid FROM ${inBody} AND rowid > (SELECT max(rowid) FROM body) LIMIT ${more})) ELSE 0 END`,
      ]
    : ["SELECT NULL AS rowid WHERE false", "0"];
  add("body", "body");
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
  return db
    .prepare(
      `WITH body AS MATERIALIZED (${body}) SELECT (${selectCandidates("m.sources", found)}) AS documents, (SELECT count(*) FROM body) + ${rest} AS count`,
    )
    .bind(...values);
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
  return shards.flatMap((documents) => readCandidates(documents ?? "[]")).toSorted(byRowid);
}
