import { momentDatabases, readState, type Rebuild, searchDatabases, type Slot } from "./shards.ts";
import { put, read } from "./state.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/**
 * Takes the turn to work on the index until some time, unless another run of the cron has it: two would empty and fill the
 * same slot. @returns whether it is taken
 */
export async function takeTurn(env: SearchEnv, now: number, until: number): Promise<boolean> {
  const { meta } = await env.SEARCH.prepare(
    "INSERT INTO index_state (name, value) VALUES ('turn', ?1) ON CONFLICT DO UPDATE SET value = excluded.value WHERE CAST(value AS INTEGER) <= ?2",
  )
    .bind(String(until), now)
    .run();
  return meta.changes > 0;
}

export async function endTurn(env: SearchEnv, until: number): Promise<void> {
  await env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'turn' AND value = ?")
    .bind(String(until))
    .run();
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
  const startedAt = Date.now();
  const start: Rebuild = { slot, after: "", done: 0, total, startedAt, attempts: 0, skipped: 0 };
  await env.SEARCH.batch([
    put(env, "rebuild", JSON.stringify(start)),
    env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'requested'"),
  ]);
}

/** Keeps how far a rebuild has come, unless it has gone on elsewhere meanwhile. @returns whether it is kept */
export async function saveRebuild(
  env: SearchEnv,
  before: Rebuild,
  after: Rebuild,
): Promise<boolean> {
  const { meta } = await env.SEARCH.prepare(
    "UPDATE index_state SET value = ? WHERE name = 'rebuild' AND value = ?",
  )
    .bind(JSON.stringify(after), JSON.stringify(before))
    .run();
  return meta.changes > 0;
}

/** The new slot is whole: from now on it answers. The old one stays as it is until the next rebuild. */
export async function finishRebuild(env: SearchEnv, rebuild: Rebuild): Promise<void> {
  const value = JSON.stringify(rebuild);
  await env.SEARCH.batch([
    env.SEARCH.prepare(
      "UPDATE index_state SET value = ?1 WHERE name = 'active' AND EXISTS (SELECT 1 FROM index_state WHERE name = 'rebuild' AND value = ?2)",
    ).bind(rebuild.slot, value),
    env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'rebuild' AND value = ?").bind(value),
  ]);
}
