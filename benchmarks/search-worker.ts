import { SearchQuery } from "../workers/contract/search.ts";
import { readCandidates } from "../workers/db/search/candidate-rows.ts";
import { searchVideos } from "../workers/services/search/search.ts";
import { suggest } from "../workers/services/search/suggest.ts";

/** The cost of one search or one list of suggestions. */
export interface SearchCost {
  /** Milliseconds in the Worker, from the query to the finished answer. */
  ms: number;
  rowsRead: number;
  /** Calls to the databases, each a hop; a batch is one call, concurrent calls count separately. */
  calls: number;
  /** Milliseconds of SQLite, as D1 reports them. */
  sqlMs: number;
}

/**
 * The benchmark's Worker: the product's own search functions over local D1, without routes, so that only the search
 * itself is measured.
 */
const handlers: Record<string, (env: Env, body: never) => Promise<unknown>> = {
  "/sql": async (
    env,
    { database, statements }: { database: "SEARCH" | "CATALOG"; statements: string[] },
  ) => {
    for (const statement of statements) await env[database].prepare(statement).run();
  },
  "/search": async (env, { queries }: { queries: Record<string, string>[] }) => {
    const results: SearchCost[] = [];
    for (const query of queries) results.push(await measured(env, query));
    return results;
  },
  "/naive": naive,
  "/titles": async (env, query: { q: string; limit: number }) =>
    (await searchVideos(env, SearchQuery.parse(query), null)).items.map((item) => item.video.title),
  "/naive-titles": naiveTitles,
  "/floor": floor,
  "/size": async (env) => ({ bytes: (await env.SEARCH.prepare("SELECT 1").run()).meta.size_after }),
};

const CLOCK_READS = 200;
/** As many results as the site requests. */
const MAX_SUGGESTIONS = 8;
const meter = { rows: 0, calls: 0, ms: 0 };
/** Created once, since the isolate's caches are kept per binding. */
let metered: Env | null = null;

async function measured(env: Env, given: Record<string, string>): Promise<SearchCost> {
  metered ??= {
    ...env,
    SEARCH: meteredDatabase(env.SEARCH),
    CATALOG: meteredDatabase(env.CATALOG),
  };
  Object.assign(meter, { rows: 0, calls: 0, ms: 0 });
  const start = await clock();
  if (given["suggest"] === undefined) await searchVideos(metered, SearchQuery.parse(given), null);
  else await suggest(metered, given["suggest"], MAX_SUGGESTIONS, null);
  const ms = await since(start);
  return {
    ms,
    rowsRead: meter.rows,
    calls: meter.calls,
    sqlMs: meter.ms,
  };
}

/** workerd's clock stands still while code runs; a timer makes it advance. */
async function clock(): Promise<number> {
  await scheduler.wait(0);
  return performance.now();
}

/** Milliseconds that reading the clock takes. */
let clockMs: number | null = null;

/** Milliseconds since an earlier reading of the clock, without the time of this reading. */
async function since(start: number): Promise<number> {
  const end = await clock();
  if (clockMs === null) {
    for (let i = 0; i < CLOCK_READS; i++) await clock();
    clockMs = (performance.now() - end) / CLOCK_READS;
  }
  return end - start - clockMs;
}

/** Milliseconds of calls without a query: what every call of local D1 costs in addition to its SQL. */
async function floor(env: Env, { calls }: { calls: number }): Promise<number[]> {
  const results: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = await clock();
    await env.SEARCH.prepare("SELECT 1").run();
    results.push(await since(start));
  }
  return results;
}

/**
 * Milliseconds of `MATCH ... ORDER BY bm25` over the same index, with every word quoted; null if D1 runs out of memory, as for
 * all words that begin with one letter.
 */
async function naive(env: Env, { match }: { match: string }): Promise<number | null> {
  const start = await clock();
  try {
    await env.SEARCH.prepare(
      "SELECT rowid FROM body_a WHERE body_a MATCH ? ORDER BY bm25(body_a) LIMIT 20",
    )
      .bind(match)
      .run();
  } catch (error) {
    if (String(error).includes("SQLITE_NOMEM")) return null;
    throw error;
  }
  return since(start);
}

/** The first twenty titles that the naive query finds. */
async function naiveTitles(env: Env, { match }: { match: string }): Promise<string[]> {
  const { results } = await env.SEARCH.prepare(
    `SELECT 0 || '\u00a4' || 0 || '\u00a4' || d.card AS card
    FROM (
      SELECT rowid, bm25(body_a) AS score FROM body_a WHERE body_a MATCH ? ORDER BY score LIMIT 20
    ) m
    JOIN docs_a d ON d.rowid = m.rowid ORDER BY score`,
  )
    .bind(match)
    .all<{ card: string }>();
  return results.flatMap(({ card }) => readCandidates(card).map(({ title }) => title));
}

/** The same database, which also adds up the cost of its statements. */
function meteredDatabase(db: D1Database): D1Database {
  function count<T extends D1Result<unknown>>(result: T): T {
    meter.rows += result.meta.rows_read;
    meter.ms += result.meta.duration;
    return result;
  }
  async function all<T>(target: D1PreparedStatement): Promise<D1Result<T>> {
    meter.calls++;
    return count(await target.all<T>());
  }
  const statement = (inner: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(inner, {
      get(target, name) {
        if (name === "inner") return target;
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        if (name === "all" || name === "run") return () => all(target);
        if (name === "first")
          return async (column?: string) => {
            const row = (await all<Record<string, unknown>>(target)).results[0];
            return column && row ? row[column] : (row ?? null);
          };
        if (name === "raw")
          return async () =>
            (await all<Record<string, unknown>>(target)).results.map(Object.values);
        return Reflect.get(target, name) as unknown;
      },
    });
  const inner = (wrapped: D1PreparedStatement) =>
    (wrapped as unknown as { inner: D1PreparedStatement }).inner;
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(db, name) {
        if (name === "prepare")
          return (sql: string) => statement((db as unknown as D1Database).prepare(sql));
        if (name === "withSession")
          return (mark: string) => wrap((db as unknown as D1Database).withSession(mark));
        if (name === "batch")
          return async (list: D1PreparedStatement[]) => {
            meter.calls++;
            return (await (db as unknown as D1Database).batch(list.map(inner))).map(count);
          };
        return Reflect.get(db, name) as unknown;
      },
    });
  return wrap(db);
}

export default {
  async fetch(request, env) {
    const handler = handlers[new URL(request.url).pathname];
    if (!handler) return new Response("unknown", { status: 404 });
    return Response.json((await handler(env, (await request.json()) as never)) ?? null);
  },
} satisfies ExportedHandler<Env>;
