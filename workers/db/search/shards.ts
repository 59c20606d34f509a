import { hash } from "../../domain/search/document.ts";

/** Every table of the index exists in both slots; one answers while the other is rebuilt. */
export type Slot = "a" | "b";

/** What the search needs of a D1 database or session. */
export type SearchDatabase = Pick<D1Database, "prepare" | "batch">;

export interface SearchIndex {
  /** In order of their bindings: SEARCH, SEARCH_1, SEARCH_2, ... */
  shards: SearchDatabase[];
  /** Those that hold caption windows: MOMENTS, MOMENTS_1, ... where bound, else the very same list. */
  moments: SearchDatabase[];
  slot: Slot;
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

/** Which slot answers, and which one is being filled by a rebuild; kept in the first shard. */
export interface IndexState {
  active: Slot;
  building: Slot | null;
}

const toSlot = (value: string | undefined): Slot | null =>
  value === "a" || value === "b" ? value : null;

export async function readState(env: Pick<Env, "SEARCH">): Promise<IndexState> {
  const { results } = await env.SEARCH.prepare(
    "SELECT name, value FROM index_state WHERE name IN ('active', 'building')",
  ).all<{ name: string; value: string }>();
  const values = new Map(results.map((row) => [row.name, row.value]));
  return { active: toSlot(values.get("active")) ?? "a", building: toSlot(values.get("building")) };
}

/** How long an isolate trusts what it knows of the active slot; a replaced slot stays whole for longer. */
const SLOT_TTL = 10_000;
const known = new WeakMap<D1Database, { slot: Slot; at: number }>();

async function activeSlot(env: Pick<Env, "SEARCH">): Promise<Slot> {
  const cached = known.get(env.SEARCH);
  if (cached && Date.now() - cached.at < SLOT_TTL) return cached.slot;
  const { active } = await readState(env);
  known.set(env.SEARCH, { slot: active, at: Date.now() });
  return active;
}

/** The index for queries: nearest replicas, which may lag by a moment. */
export async function openIndex(env: Pick<Env, "SEARCH">): Promise<SearchIndex> {
  const slot = await activeSlot(env);
  const sessions = (list: D1Database[]) => list.map((db) => db.withSession("first-unconstrained"));
  const shards = sessions(searchDatabases(env));
  const moments = numbered(env, "MOMENTS");
  return { shards, moments: moments.length > 0 ? sessions(moments) : shards, slot };
}
