import { counted } from "../statement-count.ts";
import { getState, type IndexSide, putState, readState, type Rebuild } from "./index-state.ts";
import { cueDatabases, searchDatabases } from "./shards.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/**
 * Leases the upkeep of the index until a time (milliseconds), unless another cron run holds the lease: two runs would
 * empty and fill the same side.
 * @returns whether the lease was acquired
 */
export async function acquireLease(env: SearchEnv, now: number, until: number): Promise<boolean> {
  const { meta } = await counted(env.SEARCH)
    .prepare(
      `INSERT INTO index_state (name, value) VALUES ('lease', ?1)
    ON CONFLICT DO UPDATE SET value = excluded.value WHERE CAST(value AS INTEGER) <= ?2`,
    )
    .bind(String(until), now)
    .run();
  return meta.changes > 0;
}

/** @param until as it was acquired; a lease that another run has acquired since is left alone */
export async function releaseLease(env: SearchEnv, until: number): Promise<void> {
  await counted(env.SEARCH)
    .prepare("DELETE FROM index_state WHERE name = 'lease' AND value = ?")
    .bind(String(until))
    .run();
}

/** Requests a rebuild; the next cron run starts it. */
export async function requestRebuild(env: SearchEnv): Promise<void> {
  await putState(env, "requested", "yes").run();
}

export const isRebuildRequested = async (env: SearchEnv): Promise<boolean> =>
  (await getState(env, "requested")) !== null;

/** Empties the idle side and opens it for updates, so that changes from now on reach both sides. */
export async function beginRebuild(env: SearchEnv, total: number): Promise<void> {
  const { active } = await readState(env);
  const side: IndexSide = active === "a" ? "b" : "a";
  for (const db of new Set([...searchDatabases(env), ...cueDatabases(env)])) {
    await db.batch([
      ...["titles", "head", "body", "cues"].map((table) =>
        db.prepare(`INSERT INTO ${table}_${side} (${table}_${side}) VALUES ('delete-all')`),
      ),
      ...["docs", "words", "typos", "captioned"].map((table) =>
        db.prepare(`DELETE FROM ${table}_${side}`),
      ),
    ]);
  }
  const startedAt = Date.now();
  const start: Rebuild = { side, after: "", done: 0, total, startedAt, attempts: 0, skipped: 0 };
  await counted(env.SEARCH).batch([
    putState(env, "rebuild", JSON.stringify(start)),
    counted(env.SEARCH).prepare("DELETE FROM index_state WHERE name = 'requested'"),
  ]);
}

/** Saves the progress of a rebuild unless another run has continued it meanwhile. @returns whether it was saved */
export async function saveRebuild(
  env: SearchEnv,
  before: Rebuild,
  after: Rebuild,
): Promise<boolean> {
  const { meta } = await counted(env.SEARCH)
    .prepare("UPDATE index_state SET value = ? WHERE name = 'rebuild' AND value = ?")
    .bind(JSON.stringify(after), JSON.stringify(before))
    .run();
  return meta.changes > 0;
}

/** Makes the rebuilt side the active one. The old side is kept until the next rebuild. */
export async function finishRebuild(env: SearchEnv, rebuild: Rebuild): Promise<void> {
  const value = JSON.stringify(rebuild);
  await counted(env.SEARCH).batch([
    counted(env.SEARCH)
      .prepare(
        `UPDATE index_state SET value = ?1
      WHERE name = 'active' AND EXISTS (SELECT 1 FROM index_state WHERE name = 'rebuild' AND value = ?2)`,
      )
      .bind(rebuild.side, value),
    counted(env.SEARCH)
      .prepare("DELETE FROM index_state WHERE name = 'rebuild' AND value = ?")
      .bind(value),
  ]);
}
