import { z } from "zod";
import { hash } from "../../domain/search/document.ts";

/** Every table of the index exists in both slots; one answers while the other is rebuilt. */
export type Slot = "a" | "b";

/** What the search needs of a D1 database or session. */
export type SearchDatabase = Pick<D1Database, "prepare" | "batch">;

/** A word of the index's own vocabulary; `df` is the number of videos that have it, over all shards. */
export interface Term {
  term: string;
  stem: string;
  df: number;
}

/** What the vocabulary said of one word, and when. */
export interface RememberedWord {
  terms: Term[];
  completions: Term[];
  size: number;
  at: number;
}

export interface SearchIndex {
  /** In order of their bindings: SEARCH, SEARCH_1, SEARCH_2, ... */
  shards: SearchDatabase[];
  /** Those that hold caption windows: MOMENTS, MOMENTS_1, ... where bound, else the very same list. */
  moments: SearchDatabase[];
  slot: Slot;
  /** What this isolate remembers of frequent words; see frequent-words.ts. */
  memory: Map<string, RememberedWord>;
}

/** The bindings called `name`, `name_1`, `name_2`, ... as far as they go. */
function numbered(env: object, name: string): D1Database[] {
  const bindings = env as Record<string, D1Database | undefined>;
  const found: D1Database[] = [];
  for (let db = bindings[name]; db; db = bindings[`${name}_${found.length}`]) found.push(db);
  return found;
}

/** SEARCH, SEARCH_1, ...: the number of shards is configuration. */
export const searchDatabases = (env: Pick<Env, "SEARCH">): D1Database[] => numbered(env, "SEARCH");

/** Caption windows are many, so they may have shards of their own. */
export function momentDatabases(env: Pick<Env, "SEARCH">): D1Database[] {
  const own = numbered(env, "MOMENTS");
  return own.length > 0 ? own : searchDatabases(env);
}

/** Which shard holds a video; the same for ever while the number of shards does not change. */
export const shardOf = (id: string, shards: number): number => hash(id) % shards;

/** How far a rebuild has come, so that any isolate can go on with it. */
const Rebuild = z.object({
  /** The slot that is being filled. */
  slot: z.enum(["a", "b"]),
  /** Id of the last video that is in; empty at the start. */
  after: z.string(),
  done: z.int(),
  /** Videos to do, as counted at the start. */
  total: z.int(),
  startedAt: z.int(),
  /** Runs that what comes next has failed in. */
  attempts: z.int(),
  /** Videos that could not be indexed. */
  skipped: z.int(),
});
export type Rebuild = z.infer<typeof Rebuild>;

/** Which slot answers, and the rebuild that is under way; kept in `index_state` of the first shard. */
export interface IndexState {
  active: Slot;
  rebuild: Rebuild | null;
}

export async function readState(env: Pick<Env, "SEARCH">): Promise<IndexState> {
  const { results } = await env.SEARCH.prepare(
    "SELECT name, value FROM index_state WHERE name IN ('active', 'rebuild')",
  ).all<{ name: string; value: string }>();
  const values = new Map(results.map((row) => [row.name, row.value]));
  // One that an older release has begun lacks some of it here: it is none, and another can begin.
  const rebuild = Rebuild.safeParse(JSON.parse(values.get("rebuild") ?? "null"));
  return { active: values.get("active") === "b" ? "b" : "a", rebuild: rebuild.data ?? null };
}

/**
 * Milliseconds after which an isolate asks anew for the active slot: first beside its searches, then before them. A replaced slot
 * stays whole for longer.
 */
const SLOT_TTL = 10_000;
const SLOT_LIMIT = 30_000;
const known = new WeakMap<D1Database, { slot: Slot; at: number }>();

async function activeSlot(env: Pick<Env, "SEARCH">): Promise<Slot> {
  const cached = known.get(env.SEARCH);
  const age = cached ? Date.now() - cached.at : Infinity;
  if (!cached || age > SLOT_LIMIT) return refreshSlot(env);
  // One that fails is tried again by the next search.
  if (age > SLOT_TTL) void refreshSlot(env).catch(() => {});
  return cached.slot;
}

async function refreshSlot(env: Pick<Env, "SEARCH">): Promise<Slot> {
  const { active } = await readState(env);
  known.set(env.SEARCH, { slot: active, at: Date.now() });
  return active;
}

const memories = new WeakMap<D1Database, SearchIndex["memory"]>();

function memoryOf(db: D1Database): SearchIndex["memory"] {
  const memory = memories.get(db) ?? new Map();
  memories.set(db, memory);
  return memory;
}

/** The index for queries: nearest replicas, which may lag by a moment. */
export async function openIndex(env: Pick<Env, "SEARCH">): Promise<SearchIndex> {
  const slot = await activeSlot(env);
  const sessions = (list: D1Database[]) => list.map((db) => db.withSession("first-unconstrained"));
  const shards = sessions(searchDatabases(env));
  const moments = numbered(env, "MOMENTS");
  return {
    shards,
    moments: moments.length > 0 ? sessions(moments) : shards,
    slot,
    memory: memoryOf(env.SEARCH),
  };
}
