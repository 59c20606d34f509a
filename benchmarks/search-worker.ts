import { SearchQuery } from "../workers/contract/search.ts";
import { putDocuments } from "../workers/db/search/write.ts";
import type { IndexDocument } from "../workers/domain/search/document.ts";
import { searchVideos } from "../workers/domain/search/search.ts";

/** One film of ../shared/catalog. */
export interface Film {
  title: string;
  year: number;
  cast: string[];
  genres: string[];
  description: string;
}

/** A film as the benchmark publishes it. */
export interface Sample extends Film {
  id: string;
  category: string;
  /** Seconds. */
  duration: number;
  height: number;
  hdr: boolean;
  captions: boolean;
  language: string;
  views: number;
  publishedAt: number;
}

/** What one search cost and found. */
export interface Measured {
  /** Milliseconds in the Worker, from the query to the finished answer. */
  ms: number;
  rowsRead: number;
  titles: string[];
  total: number;
}

/**
 * The benchmark's Worker: the product's own write and search functions over local D1, without routes, so that the
 * figures are those of the search itself.
 */
const handlers: Record<string, (env: Env, body: never) => Promise<unknown>> = {
  "/sql": async (
    env,
    { database, statements }: { database: "SEARCH" | "CATALOG"; statements: string[] },
  ) => {
    for (const statement of statements) await env[database].prepare(statement).run();
  },
  "/load": load,
  "/search": async (env, { queries }: { queries: Record<string, unknown>[] }) => {
    const results: Measured[] = [];
    for (const query of queries) results.push(await measured(env, query));
    return results;
  },
  "/naive": naive,
  "/size": async (env) => ({ bytes: (await env.SEARCH.prepare("SELECT 1").run()).meta.size_after }),
};

async function load(env: Env, { samples }: { samples: Sample[] }): Promise<{ written: number }> {
  const columns = [
    "id",
    "title",
    "description",
    "category",
    "tags",
    "language",
    "duration",
    "height",
    "width",
    "hdr",
    "views",
    "published_at",
  ];
  const rows = samples.map((film) => [
    film.id,
    film.title,
    film.description,
    film.category,
    JSON.stringify(film.genres),
    film.language,
    film.duration,
    film.height,
    (film.height * 16) / 9,
    film.hdr ? 1 : 0,
    film.views,
    film.publishedAt,
  ]);
  await env.CATALOG.prepare(
    `INSERT OR REPLACE INTO videos (owner_id, visibility, state, created_at, updated_at, ${columns.join(", ")}) SELECT 'studio', 'public', 'ready', 0, 0, ${columns.map((_, i) => `value ->> ${i}`).join(", ")} FROM json_each(?)`,
  )
    .bind(JSON.stringify(rows))
    .run();
  return { written: await putDocuments(env.SEARCH, "a", samples.map(toDocument)) };
}

const toDocument = (film: Sample): IndexDocument => ({
  id: film.id,
  revision: 1,
  title: film.title,
  people: film.cast,
  tags: [...film.genres, String(film.year)],
  description: film.description,
  category: film.category,
  language: film.language,
  creator: "studio",
  duration: film.duration,
  height: film.height,
  hdr: film.hdr,
  captions: film.captions,
  views: film.views,
  publishedAt: film.publishedAt,
});

async function measured(env: Env, given: Record<string, unknown>): Promise<Measured> {
  const query = SearchQuery.parse(given);
  const meter = { rows: 0 };
  const metered = {
    ...env,
    SEARCH: meteredDatabase(env.SEARCH, meter),
    CATALOG: meteredDatabase(env.CATALOG, meter),
  };
  const start = await clock();
  const result = await searchVideos(metered, query);
  const ms = (await clock()) - start;
  return {
    ms,
    rowsRead: meter.rows,
    titles: result.items.map((item) => item.video.title),
    total: result.total.value,
  };
}

/** workerd's clock stands still while code runs; a timer makes it catch up. */
async function clock(): Promise<number> {
  await scheduler.wait(0);
  return performance.now();
}

/** `MATCH ... ORDER BY bm25` over the same index, every word quoted. */
async function naive(
  env: Env,
  { queries }: { queries: string[] },
): Promise<{ ms: number; rowsRead: number }[]> {
  const results: { ms: number; rowsRead: number }[] = [];
  for (const match of queries) {
    const start = await clock();
    const { meta } = await env.SEARCH.prepare(
      "SELECT rowid FROM body_a WHERE body_a MATCH ? ORDER BY bm25(body_a) LIMIT 20",
    )
      .bind(match)
      .run();
    results.push({ ms: (await clock()) - start, rowsRead: meta.rows_read });
  }
  return results;
}

/** The same database, adding up the rows that its statements read. */
function meteredDatabase(db: D1Database, meter: { rows: number }): D1Database {
  const count = <T extends { meta: { rows_read?: number } }>(result: T): T => {
    meter.rows += result.meta.rows_read ?? 0;
    return result;
  };
  const statement = (inner: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(inner, {
      get(target, name) {
        if (name === "inner") return target;
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        if (name === "all" || name === "run") return async () => count(await target.all());
        if (name === "first")
          return async (column?: string) => {
            const row = count(await target.all<Record<string, unknown>>()).results[0];
            return column && row ? row[column] : (row ?? null);
          };
        if (name === "raw")
          return async () =>
            count(await target.all<Record<string, unknown>>()).results.map(Object.values);
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
          return async (list: D1PreparedStatement[]) =>
            (await (db as unknown as D1Database).batch(list.map(inner))).map(count);
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
