import { counted } from "../statement-count.ts";
type SearchEnv = Pick<Env, "SEARCH">;

/** Videos that could not be indexed are rows of `index_state`: `skipped {id}` with the time (ms) of the next try. */
const PREFIX = "'skipped '";

/** Stores videos to be tried again at a time (milliseconds since the epoch). */
export async function putSkipped(
  env: SearchEnv,
  ids: readonly string[],
  dueAt: number,
): Promise<void> {
  if (ids.length === 0) return;
  await counted(env.SEARCH)
    .prepare(
      `INSERT INTO index_state (name, value) SELECT ${PREFIX} || value, ?2 FROM json_each(?1) WHERE true
    ON CONFLICT DO UPDATE SET value = excluded.value`,
    )
    .bind(JSON.stringify(ids), String(dueAt))
    .run();
}

/** Ids of the first videos that are due. */
export async function dueSkipped(env: SearchEnv, now: number, limit: number): Promise<string[]> {
  const { results } = await counted(env.SEARCH)
    .prepare(
      `SELECT substr(name, length(${PREFIX}) + 1) AS id FROM index_state
    WHERE name >= ${PREFIX} AND name < 'skipped!' AND CAST(value AS INTEGER) <= ?
    LIMIT ?`,
    )
    .bind(now, limit)
    .all<{ id: string }>();
  return results.map((row) => row.id);
}

export async function deleteSkipped(env: SearchEnv, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await counted(env.SEARCH)
    .prepare(`DELETE FROM index_state WHERE name IN (SELECT ${PREFIX} || value FROM json_each(?))`)
    .bind(JSON.stringify(ids))
    .run();
}
