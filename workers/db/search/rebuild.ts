import { z } from "zod";
import { momentDatabases, readState, searchDatabases, type Slot } from "./shards.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/** How far a rebuild has come; kept in `index_state` of the first shard, so that any isolate can go on with it. */
const Rebuild = z.object({
  /** Id of the last video that is in; empty at the start. */
  after: z.string(),
  done: z.int(),
  /** Videos to do, as counted at the start. */
  total: z.int(),
  startedAt: z.int(),
});
export type Rebuild = z.infer<typeof Rebuild>;

const put = (env: SearchEnv, name: string, value: string): D1PreparedStatement =>
  env.SEARCH.prepare(
    "INSERT INTO index_state (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  ).bind(name, value);

const drop = (env: SearchEnv, ...names: string[]): D1PreparedStatement =>
  env.SEARCH.prepare("DELETE FROM index_state WHERE name IN (SELECT value FROM json_each(?))").bind(
    JSON.stringify(names),
  );

const read = (env: SearchEnv, name: string): Promise<string | null> =>
  env.SEARCH.prepare("SELECT value FROM index_state WHERE name = ?")
    .bind(name)
    .first<string>("value");

/** The rebuild that is under way; null when none is. */
export async function currentRebuild(env: SearchEnv): Promise<Rebuild | null> {
  const value = await read(env, "rebuild");
  return value === null ? null : Rebuild.parse(JSON.parse(value));
}

/** Asks for a rebuild; the next run of the cron starts it. */
export async function requestRebuild(env: SearchEnv): Promise<void> {
  await put(env, "requested", "yes").run();
}

export const isRebuildRequested = async (env: SearchEnv): Promise<boolean> =>
  (await read(env, "requested")) !== null;

/** Empties the idle slot and opens it for updates, so that what changes from here on reaches both. */
export async function beginRebuild(env: SearchEnv, total: number): Promise<void> {
  const { active } = await readState(env);
  const slot: Slot = active === "a" ? "b" : "a";
  for (const db of new Set([...searchDatabases(env), ...momentDatabases(env)])) {
    await db.batch([
      ...["titles", "head", "body", "moments"].map((table) =>
        db.prepare(`INSERT INTO ${table}_${slot} (${table}_${slot}) VALUES ('delete-all')`),
      ),
      ...["docs", "words", "typos", "spoken"].map((table) =>
        db.prepare(`DELETE FROM ${table}_${slot}`),
      ),
    ]);
  }
  const start: Rebuild = { after: "", done: 0, total, startedAt: Date.now() };
  await env.SEARCH.batch([
    put(env, "building", slot),
    put(env, "rebuild", JSON.stringify(start)),
    drop(env, "requested"),
  ]);
}

export async function saveRebuild(env: SearchEnv, rebuild: Rebuild): Promise<void> {
  await put(env, "rebuild", JSON.stringify(rebuild)).run();
}

/** The new slot is whole: from now on it answers. The old one stays as it is until the next rebuild. */
export async function finishRebuild(env: SearchEnv): Promise<void> {
  const { building } = await readState(env);
  if (building)
    await env.SEARCH.batch([put(env, "active", building), drop(env, "building", "rebuild")]);
}

/** Number of videos that the active slot holds. */
export async function indexedVideos(env: SearchEnv): Promise<number> {
  const { active } = await readState(env);
  const counts = await Promise.all(
    searchDatabases(env).map((db) =>
      db.prepare(`SELECT count(*) AS n FROM docs_${active}`).first<number>("n"),
    ),
  );
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
