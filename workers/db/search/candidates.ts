import type { IndexDocument } from "../../domain/search/document.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";

/** A document with what is known of how it was found. */
export interface Candidate extends Omit<IndexDocument, "description"> {
  rowid: number;
  /** The title without spaces. */
  key: string;
  /** Bits of SOURCES. */
  sources: number;
}

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

/** Counted exactly up to here. */
const COUNT_LIMIT = 1000;

export interface CandidateQuery {
  /** FTS5 expressions; a source without one is not asked. */
  match: { title?: string; head?: string; row?: string; body?: string };
  /** Squashed title to look up as a whole and as a beginning. */
  key: string | null;
  /** Body candidates come after this rowid; -1 for the first window. */
  after: number;
}

export interface CandidateSet {
  candidates: Candidate[];
  /** Last body rowid where more may follow, else null. */
  next: number | null;
  /** Matches in the body; `exact` up to COUNT_LIMIT. */
  total: { value: number; exact: boolean };
}

interface Row {
  rowid: number;
  id: string;
  revision: number;
  key: string;
  title: string;
  people: string;
  tags: string;
  category: string;
  language: string | null;
  creator: string;
  duration: number;
  height: number;
  hdr: number;
  captions: number;
  views: number;
  published_at: number;
  sources: number;
}

/**
 * The best-placed documents of every source, from all shards: each shard yields its own in rowid order, and the
 * merged lists are cut at the same limits, so the outcome does not depend on the number of shards.
 */
export async function findCandidates(
  index: SearchIndex,
  query: CandidateQuery,
): Promise<CandidateSet> {
  const shards = await Promise.all(index.shards.map((db) => askShard(db, index.slot, query)));
  const byRowid = shards.flatMap((shard) => shard.rows).toSorted((a, b) => a.rowid - b.rowid);
  const sources = new Map<Row, number>();
  let next: number | null = null;
  for (const { bit, limit } of Object.values(SOURCES)) {
    const found = byRowid.filter((row) => row.sources & bit);
    for (const row of found.slice(0, limit)) sources.set(row, (sources.get(row) ?? 0) | bit);
    if (bit === SOURCES.body.bit && found.length >= limit) next = found[limit - 1]?.rowid ?? null;
  }
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  return {
    candidates: [...sources].map(([row, bits]) => toCandidate(row, bits)),
    next,
    total: { value: Math.min(count, COUNT_LIMIT), exact: count <= COUNT_LIMIT },
  };
}

async function askShard(
  db: SearchDatabase,
  slot: Slot,
  query: CandidateQuery,
): Promise<{ rows: Row[]; count: number }> {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (source: Source, from: string, ...bound: (string | number)[]) => {
    const { bit, limit } = SOURCES[source];
    parts.push(`SELECT * FROM (SELECT rowid, ${bit} AS bit FROM ${from} LIMIT ${limit})`);
    values.push(...bound);
  };
  if (query.key) {
    add("exactTitle", `docs_${slot} WHERE key = ? ORDER BY rowid`, query.key);
    add(
      "titleStart",
      `docs_${slot} WHERE key > ? AND key < ? ORDER BY key`,
      query.key,
      `${query.key}\u{10ffff}`,
    );
  }
  const { title, head, row, body } = query.match;
  if (title) add("title", `head_${slot} WHERE head_${slot} MATCH ? ORDER BY rowid`, title);
  if (head) add("head", `head_${slot} WHERE head_${slot} MATCH ? ORDER BY rowid`, head);
  if (row) add("row", `body_${slot} WHERE body_${slot} MATCH ? ORDER BY rowid`, row);
  if (body)
    add(
      "body",
      `body_${slot} WHERE body_${slot} MATCH ? AND rowid > ? ORDER BY rowid`,
      body,
      query.after,
    );
  // D1 takes at most five terms in one compound SELECT.
  const halves = [parts.slice(0, 3), parts.slice(3)].filter((half) => half.length > 0);
  const union = halves
    .map((half) => `SELECT * FROM (${half.join(" UNION ALL ")})`)
    .join(" UNION ALL ");
  const [found, counted] = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `SELECT d.*, d.rowid AS rowid, m.sources FROM (SELECT rowid, sum(bit) AS sources FROM (${union}) GROUP BY rowid) m JOIN docs_${slot} d ON d.rowid = m.rowid`,
      )
      .bind(...values),
    ...(body ? [countStatement(db, slot, body)] : []),
  ]);
  return {
    rows: (found?.results ?? []) as unknown as Row[],
    count: Number(counted?.results[0]?.["n"] ?? 0),
  };
}

const countStatement = (db: SearchDatabase, slot: Slot, match: string): D1PreparedStatement =>
  db
    .prepare(
      `SELECT count(*) AS n FROM (SELECT rowid FROM body_${slot} WHERE body_${slot} MATCH ? LIMIT ${COUNT_LIMIT + 1})`,
    )
    .bind(match);

/** Number of matches of each expression, each counted up to `limit`, over all shards. */
export async function countMatches(
  index: SearchIndex,
  matches: readonly string[],
  limit: number,
): Promise<number[]> {
  const { slot } = index;
  const shards = await Promise.all(
    index.shards.map((db) =>
      db
        .prepare(
          `SELECT (SELECT count(*) FROM (SELECT rowid FROM body_${slot} WHERE body_${slot} MATCH e.value LIMIT ${limit})) AS n FROM json_each(?) e ORDER BY e.key`,
        )
        .bind(JSON.stringify(matches))
        .all<{ n: number }>(),
    ),
  );
  return matches.map((_, i) =>
    Math.min(
      limit,
      shards.reduce((sum, shard) => sum + (shard.results[i]?.n ?? 0), 0),
    ),
  );
}

/** The first `limit` matches in rowid order. */
export async function firstMatches(
  index: SearchIndex,
  table: "head" | "body",
  match: string,
  limit: number,
): Promise<Candidate[]> {
  const { slot } = index;
  const shards = await Promise.all(
    index.shards.map((db) =>
      db
        .prepare(
          `SELECT d.*, d.rowid AS rowid FROM (SELECT rowid FROM ${table}_${slot} WHERE ${table}_${slot} MATCH ? ORDER BY rowid LIMIT ${limit}) m JOIN docs_${slot} d ON d.rowid = m.rowid`,
        )
        .bind(match)
        .all<Row>(),
    ),
  );
  const rows = shards.flatMap((shard) => shard.results).toSorted((a, b) => a.rowid - b.rowid);
  return rows.slice(0, limit).map((row) => toCandidate(row, SOURCES[table].bit));
}

/** The documents of these videos, as found by what is spoken in them. */
export async function spokenDocuments(
  index: SearchIndex,
  ids: readonly string[],
): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const { slot } = index;
  const shards = await Promise.all(
    index.shards.map((db) =>
      db
        .prepare(
          `SELECT *, rowid AS rowid FROM docs_${slot} WHERE id IN (SELECT value FROM json_each(?))`,
        )
        .bind(JSON.stringify(ids))
        .all<Row>(),
    ),
  );
  const rows = shards.flatMap((shard) => shard.results).toSorted((a, b) => a.rowid - b.rowid);
  return rows.slice(0, SOURCES.spoken.limit).map((row) => toCandidate(row, SOURCES.spoken.bit));
}

const toCandidate = (row: Row, sources: number): Candidate => ({
  rowid: row.rowid,
  id: row.id,
  revision: row.revision,
  key: row.key,
  title: row.title,
  people: JSON.parse(row.people) as string[],
  tags: JSON.parse(row.tags) as string[],
  category: row.category,
  language: row.language,
  creator: row.creator,
  duration: row.duration,
  height: row.height,
  hdr: row.hdr === 1,
  captions: row.captions === 1,
  views: row.views,
  publishedAt: row.published_at,
  sources,
});
