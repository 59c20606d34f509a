import { byRowid, type Candidate, readCandidates, selectCandidates } from "./candidate-rows.ts";
import {
  type CandidateQuery,
  candidateStatement,
  captionStatement,
  type Source,
  SOURCES,
  CUE_WINDOWS,
  cueStatement,
  WHOLE,
  WINDOW,
} from "./candidate-statement.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";
import { topStatement } from "./top.ts";

export interface CandidateSet {
  candidates: Candidate[];
  /** Last body rowid where more follow, else null. */
  next: number | null;
  /** Matches in the body from `after` on; `exact` up to `countTo`, and where no other source may know more. */
  total: { value: number; exact: boolean };
  /** The top of the result, unsorted; empty where the candidates are the whole result. */
  top: Candidate[];
  /** The words are spoken in some video. */
  heard: boolean;
}

/** What one shard answers. */
interface ShardAnswer {
  documents: Candidate[];
  count: number;
  top: Candidate[];
  /** Caption windows that have the words; see CUE_WINDOWS. */
  heard: number;
}

/**
 * The best-placed documents of every source, from all shards: each shard yields its own in rowid order, and the
 * merged lists are cut at the same limits, so the outcome does not depend on the number of shards. One round trip; one more
 * where captions have databases of their own.
 */
export async function findCandidates(
  index: SearchIndex,
  query: CandidateQuery,
): Promise<CandidateSet> {
  const together = index.moments === index.shards;
  const { spoken, ...match } = query.match;
  // What is a whole result of one shard may be a part of a large one.
  const covered = query.covered && index.shards.length === 1;
  const own = { ...query, covered, match: together ? query.match : match };
  const [shards, heardElsewhere] = await Promise.all([
    Promise.all(index.shards.map((db) => askShard(db, index.slot, own))),
    spoken && !together ? captionedVideos(index, spoken) : { ids: [], windows: [] },
  ]);
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const silent = shards.flatMap((shard) => shard.documents);
  const documents =
    count <= WHOLE && heardElsewhere.ids.length > 0
      ? joined(silent, await spokenDocuments(index, heardElsewhere.ids, match.unwanted))
      : silent;
  const { candidates, next } = cut(once(documents), count > WHOLE, query.top !== null);
  const windows = [...shards.map((shard) => shard.heard), ...heardElsewhere.windows];
  const isCut = (source: Source) => {
    const { bit, limit } = SOURCES[source];
    return candidates.filter((candidate) => candidate.sources & bit).length >= limit;
  };
  const isWhole =
    next === null
      ? !isCut("spoken") &&
        Math.max(...windows) < CUE_WINDOWS &&
        (query.covered || !(isCut("title") || isCut("head") || isCut("titleStart")))
      : query.covered;
  return {
    candidates,
    next,
    total: { value: Math.min(count, query.countTo), exact: isWhole && count <= query.countTo },
    top:
      next === null
        ? []
        : once(
            shards.flatMap(({ top, ...rest }) => (top.length > 0 ? top : inBody(rest.documents))),
          ),
    heard: windows.some((some) => some > 0),
  };
}

/**
 * The first of each source, in order of their rowids.
 * @param isWindow the body has more than a whole result, though that of a shard may have less
 * @param isSorted other sources count in a whole result only
 */
function cut(
  documents: readonly Candidate[],
  isWindow: boolean,
  isSorted: boolean,
): Pick<CandidateSet, "candidates" | "next"> {
  const sources = new Map<Candidate, number>();
  let next: number | null = null;
  for (const { bit, limit } of Object.values(SOURCES)) {
    if (isWindow && bit !== SOURCES.body.bit && (isSorted || bit === SOURCES.spoken.bit)) continue;
    const isBody = bit === SOURCES.body.bit && isWindow;
    const found = documents.filter((document) => document.sources & bit);
    const first = found.slice(0, isBody ? WINDOW : limit);
    for (const one of first) sources.set(one, (sources.get(one) ?? 0) | bit);
    if (isBody) next = first.at(-1)?.rowid ?? null;
  }
  const candidates = [...sources].map(([document, bits]) =>
    document.sources === bits ? document : { ...document, sources: bits },
  );
  return { candidates, next };
}

/** By rowid, each video once: while a change of the number of shards is under way, two may have it. */
const once = (documents: readonly Candidate[]): Candidate[] => [
  ...new Map(documents.toSorted(byRowid).map((document) => [document.id, document])).values(),
];

/** A shard without a top of its own has few matches: all of them are at hand. */
const inBody = (documents: readonly Candidate[]): Candidate[] =>
  documents.filter((document) => document.sources & SOURCES.body.bit);

async function askShard(
  db: SearchDatabase,
  slot: Slot,
  query: CandidateQuery,
): Promise<ShardAnswer> {
  const { body, narrowBody } = query.match;
  const match = query.bounds.length > 0 ? narrowBody : body;
  const top = match && query.top && topStatement(db, slot, match, query.top, WHOLE);
  const [found, best] = await db.batch<Record<string, unknown>>([
    candidateStatement(db, slot, query),
    ...(top ? [top] : []),
  ]);
  const row = found?.results[0];
  return {
    documents: readCandidates(row?.["documents"]),
    count: Number(row?.["count"]),
    top: readCandidates(best?.results[0]?.["documents"]),
    heard: Number(row?.["heard"]),
  };
}

/** Ids of the videos in which the words are spoken, and how many windows each database has found, where these have their own. */
async function captionedVideos(
  index: SearchIndex,
  match: string,
): Promise<{ ids: string[]; windows: number[] }> {
  const answers = await Promise.all(
    index.moments.map((db) =>
      captionStatement(db, index.slot, match).all<{ id: string; base: number; windows: number }>(),
    ),
  );
  const shards = answers.map((answer) => answer.results);
  return {
    ids: shards
      .flat()
      .toSorted((a, b) => a.base - b.base)
      .map((row) => row.id),
    windows: shards.map((rows) => rows.reduce((sum, row) => sum + row.windows, 0)),
  };
}

async function spokenDocuments(
  index: SearchIndex,
  ids: readonly string[],
  unwanted: string | undefined,
): Promise<Candidate[]> {
  const shards = await Promise.all(
    index.shards.map((db) =>
      cueStatement(db, index.slot, ids, unwanted).first<string>("documents"),
    ),
  );
  return shards.flatMap(readCandidates);
}

/** Documents, and those of others that are not among them. */
function joined(documents: readonly Candidate[], others: readonly Candidate[]): Candidate[] {
  const known = new Set(documents.map((document) => document.id));
  return [...documents, ...others.filter((document) => !known.has(document.id))];
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
  const shards = await Promise.all(
    index.shards.map((db) =>
      db
        .prepare(`SELECT (${selectCandidates(String(SOURCES[table].bit), from)}) AS documents`)
        .bind(match)
        .first<string>("documents"),
    ),
  );
  return once(shards.flatMap(readCandidates)).slice(0, limit);
}
