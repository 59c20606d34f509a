import { hash } from "../../domain/search/document.ts";
import { counted } from "../statement-count.ts";
import { type IndexSide, readState } from "./index-state.ts";

/** The methods of a D1 database or session that search uses. */
export type SearchDatabase = Pick<D1Database, "prepare" | "batch">;

/** A word of the index's own vocabulary. */
export interface Term {
  term: string;
  stem: string;
  /** Document frequency: number of videos with the word, over all shards. */
  df: number;
}

/** The vocabulary's entry for one word, and when it was read (milliseconds since the epoch). */
export interface CachedWord {
  terms: Term[];
  completions: Term[];
  size: number;
  at: number;
}

export interface SearchIndex {
  /** In the order of their bindings: SEARCH, SEARCH_1, SEARCH_2, ... */
  shards: SearchDatabase[];
  /** The databases with cue windows: CUES, CUES_1, ... if bound, otherwise the same list as `shards`. */
  cues: SearchDatabase[];
  side: IndexSide;
  /** Frequent words, cached per isolate; see frequent-words.ts. */
  wordCache: Map<string, CachedWord>;
}

/** The bindings named `name`, `name_1`, `name_2`, ... up to the first that is missing. */
function numbered(env: object, name: string): D1Database[] {
  const bindings = env as Record<string, D1Database | undefined>;
  const found: D1Database[] = [];
  for (let db = bindings[name]; db; db = bindings[`${name}_${found.length}`])
    found.push(counted(db));
  return found;
}

/** SEARCH, SEARCH_1, ...: the number of shards is configuration. */
export const searchDatabases = (env: Pick<Env, "SEARCH">): D1Database[] => numbered(env, "SEARCH");

/** There are so many cue windows that they may have separate databases. */
export function cueDatabases(env: Pick<Env, "SEARCH">): D1Database[] {
  const own = numbered(env, "CUES");
  return own.length > 0 ? own : searchDatabases(env);
}

/** Which shard holds a video; it stays the same as long as the number of shards does. */
export const shardOf = (id: string, shards: number): number => hash(id) % shards;

/**
 * Age at which an isolate reads the active side again: first in parallel with its searches, later before them. A
 * replaced side stays complete for longer than that.
 */
const SIDE_REFRESH_MS = 10_000;
const MAX_SIDE_AGE_MS = 30_000;
const cachedSides = new WeakMap<D1Database, { side: IndexSide; at: number }>();

async function activeSide(env: Pick<Env, "SEARCH">): Promise<IndexSide> {
  const cached = cachedSides.get(env.SEARCH);
  const age = cached ? Date.now() - cached.at : Infinity;
  if (!cached || age > MAX_SIDE_AGE_MS) return refreshSide(env);
  // If this fails, the next search tries again.
  if (age > SIDE_REFRESH_MS) void refreshSide(env).catch(() => {});
  return cached.side;
}

async function refreshSide(env: Pick<Env, "SEARCH">): Promise<IndexSide> {
  const { active } = await readState(env);
  cachedSides.set(env.SEARCH, { side: active, at: Date.now() });
  return active;
}

const wordCaches = new WeakMap<D1Database, SearchIndex["wordCache"]>();

function wordCacheOf(db: D1Database): SearchIndex["wordCache"] {
  const cache = wordCaches.get(db) ?? new Map();
  wordCaches.set(db, cache);
  return cache;
}

/** Opens the index for queries, on the nearest replicas, which may lag by a moment. */
export async function openIndex(env: Pick<Env, "SEARCH">): Promise<SearchIndex> {
  const side = await activeSide(env);
  const sessions = (databases: D1Database[]) =>
    databases.map((db) => db.withSession("first-unconstrained"));
  const shards = sessions(searchDatabases(env));
  const cues = numbered(env, "CUES");
  return {
    shards,
    cues: cues.length > 0 ? sessions(cues) : shards,
    side,
    wordCache: wordCacheOf(env.SEARCH),
  };
}
