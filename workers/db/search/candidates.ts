import {
  byRowid,
  readCandidates,
  type SearchCandidate,
  selectCandidates,
} from "./candidate-rows.ts";
import {
  type CandidateQuery,
  candidateStatement,
  captionedDocumentsStatement,
  captionedVideosStatement,
  MAX_CUE_WINDOWS,
  MAX_WHOLE_RESULT,
  type Source,
  SOURCES,
  WINDOW_SIZE,
} from "./candidate-statement.ts";
import type { IndexSide } from "./index-state.ts";
import type { SearchDatabase, SearchIndex } from "./shards.ts";
import { topStatement } from "./top-statement.ts";

export interface CandidateSet {
  candidates: SearchCandidate[];
  /** Last body rowid if more matches follow, else null. */
  next: number | null;
  /** Matches in the body after `after`; `exact` up to `countTo` if no other source can find more videos. */
  total: { value: number; exact: boolean };
  /** The top of the result, unsorted; empty if the candidates are the whole result. */
  top: SearchCandidate[];
  /** The captions of some video match. */
  hasCaptionMatches: boolean;
}

interface ShardAnswer {
  documents: SearchCandidate[];
  count: number;
  top: SearchCandidate[];
  /** Number of matching cue windows read, up to MAX_CUE_WINDOWS. */
  cueWindows: number;
}

/**
 * The first candidates of every source from all shards. Each shard yields its own in rowid order, and the merged lists are
 * cut at the same limits, so the outcome does not depend on the number of shards. Takes one round trip, or two if captions
 * have databases of their own.
 */
export async function findCandidates(
  index: SearchIndex,
  query: CandidateQuery,
): Promise<CandidateSet> {
  const isTogether = index.cues === index.shards;
  const { captions, ...match } = query.match;
  // The whole result of one shard may be part of a large result.
  const covered = query.covered && index.shards.length === 1;
  const shardQuery = { ...query, covered, match: isTogether ? query.match : match };
  const [shards, captionedElsewhere] = await Promise.all([
    Promise.all(index.shards.map((db) => searchShard(db, index.side, shardQuery))),
    captions && !isTogether ? findCaptionedVideos(index, captions) : { ids: [], cueWindows: [] },
  ]);
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const own = shards.flatMap((shard) => shard.documents);
  const documents =
    count <= MAX_WHOLE_RESULT && captionedElsewhere.ids.length > 0
      ? addMissing(own, await readCaptionedDocuments(index, captionedElsewhere.ids, match.excluded))
      : own;
  const { candidates, next } = cutSources(
    unique(documents),
    count > MAX_WHOLE_RESULT,
    query.top !== null,
  );
  const cueWindows = [...shards.map((shard) => shard.cueWindows), ...captionedElsewhere.cueWindows];
  const isCut = (source: Source) => {
    const { bit, limit } = SOURCES[source];
    return candidates.filter((candidate) => candidate.sources & bit).length >= limit;
  };
  const isComplete =
    next === null
      ? !isCut("captions") &&
        Math.max(...cueWindows) < MAX_CUE_WINDOWS &&
        (query.covered || !(isCut("title") || isCut("head") || isCut("titleStart")))
      : query.covered;
  return {
    candidates,
    next,
    total: { value: Math.min(count, query.countTo), exact: isComplete && count <= query.countTo },
    top:
      next === null
        ? []
        : unique(
            shards.flatMap(({ top, ...rest }) => (top.length > 0 ? top : inBody(rest.documents))),
          ),
    hasCaptionMatches: cueWindows.some((some) => some > 0),
  };
}

/**
 * The first candidates of each source in rowid order.
 * @param isWindow the body has more matches than a complete result, though a single shard may have fewer
 * @param isSorted the other sources count only if the result is complete
 */
function cutSources(
  documents: readonly SearchCandidate[],
  isWindow: boolean,
  isSorted: boolean,
): Pick<CandidateSet, "candidates" | "next"> {
  const sources = new Map<SearchCandidate, number>();
  let next: number | null = null;
  for (const { bit, limit } of Object.values(SOURCES)) {
    if (isWindow && bit !== SOURCES.body.bit && (isSorted || bit === SOURCES.captions.bit))
      continue;
    const isBodyWindow = bit === SOURCES.body.bit && isWindow;
    const found = documents.filter((document) => document.sources & bit);
    const first = found.slice(0, isBodyWindow ? WINDOW_SIZE : limit);
    for (const one of first) sources.set(one, (sources.get(one) ?? 0) | bit);
    if (isBodyWindow) next = first.at(-1)?.rowid ?? null;
  }
  const candidates = [...sources].map(([document, bits]) =>
    document.sources === bits ? document : { ...document, sources: bits },
  );
  return { candidates, next };
}

/** Each video once, by rowid: while the number of shards is being changed, two shards may have the same video. */
function unique(documents: readonly SearchCandidate[]): SearchCandidate[] {
  return [
    ...new Map(documents.toSorted(byRowid).map((document) => [document.id, document])).values(),
  ];
}

/** A shard without its own top has few matches, and all of them have been read. */
const inBody = (documents: readonly SearchCandidate[]): SearchCandidate[] =>
  documents.filter((document) => document.sources & SOURCES.body.bit);

async function searchShard(
  db: SearchDatabase,
  side: IndexSide,
  query: CandidateQuery,
): Promise<ShardAnswer> {
  const { body, narrowBody } = query.match;
  const match = query.ranges.length > 0 ? narrowBody : body;
  const top = match && query.top && topStatement(db, side, match, query.top, MAX_WHOLE_RESULT);
  const [found, best] = await db.batch<Record<string, unknown>>([
    candidateStatement(db, side, query),
    ...(top ? [top] : []),
  ]);
  const row = found?.results[0];
  return {
    documents: readCandidates(row?.["documents"]),
    count: Number(row?.["count"]),
    top: readCandidates(best?.results[0]?.["documents"]),
    cueWindows: Number(row?.["cue_windows"]),
  };
}

/** Ids of the videos whose captions match, and for each database the number of windows read. */
async function findCaptionedVideos(
  index: SearchIndex,
  match: string,
): Promise<{ ids: string[]; cueWindows: number[] }> {
  const answers = await Promise.all(
    index.cues.map((db) =>
      captionedVideosStatement(db, index.side, match).all<{
        id: string;
        base: number;
        windows: number;
      }>(),
    ),
  );
  const shards = answers.map((answer) => answer.results);
  return {
    ids: shards
      .flat()
      .toSorted((a, b) => a.base - b.base)
      .map((row) => row.id),
    cueWindows: shards.map((rows) => rows.reduce((sum, row) => sum + row.windows, 0)),
  };
}

async function readCaptionedDocuments(
  index: SearchIndex,
  ids: readonly string[],
  excluded: string | undefined,
): Promise<SearchCandidate[]> {
  const shards = await Promise.all(
    index.shards.map((db) =>
      captionedDocumentsStatement(db, index.side, ids, excluded).first<string>("documents"),
    ),
  );
  return shards.flatMap(readCandidates);
}

/** The documents, plus the others that are not among them. */
function addMissing(
  documents: readonly SearchCandidate[],
  others: readonly SearchCandidate[],
): SearchCandidate[] {
  const known = new Set(documents.map((document) => document.id));
  return [...documents, ...others.filter((document) => !known.has(document.id))];
}

/** The first `limit` matches in rowid order. */
export async function firstMatches(
  index: SearchIndex,
  table: "head" | "body",
  match: string,
  limit: number,
): Promise<SearchCandidate[]> {
  const { side } = index;
  const from = `(
    SELECT rowid FROM ${table}_${side} WHERE ${table}_${side} MATCH ? ORDER BY rowid LIMIT ${limit}
  ) m JOIN docs_${side} d ON d.rowid = m.rowid`;
  const shards = await Promise.all(
    index.shards.map((db) =>
      db
        .prepare(`SELECT (${selectCandidates(String(SOURCES[table].bit), from)}) AS documents`)
        .bind(match)
        .first<string>("documents"),
    ),
  );
  return unique(shards.flatMap(readCandidates)).slice(0, limit);
}
