type SearchEnv = Pick<Env, "SEARCH">;

/** Videos that could not be indexed, each a row of `index_state` with the time at which to try again. */
const NAME = "'skipped '";

/** Remembers videos to be tried again from a time on. */
export async function putSkipped(
  env: SearchEnv,
  ids: readonly string[],
  due: number,
): Promise<void> {
  if (ids.length === 0) return;
  await env.SEARCH.prepare(
    `INSERT INTO index_state (name, value) SELECT ${NAME} || value, ?2 FROM json_each(?1) WHERE true ON CONFLICT DO UPDATE SET value = excluded.value`,
  )
    .bind(JSON.stringify(ids), String(due))
    .run();
}

/** The first that are due. */
export async function dueSkipped(env: SearchEnv, now: number, limit: number): Promise<string[]> {
  const { results } = await env.SEARCH.prepare(
    `SELECT substr(name, length(${NAME}) + 1) AS id FROM index_state WHERE name >= ${NAME} AND name < 'skipped!' AND CAST(value AS INTEGER) <= ? LIMIT ?`,
  )
    .bind(now, limit)
    .all<{ id: string }>();
  return results.map((row) => row.id);
}

export async function forgetSkipped(env: SearchEnv, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await env.SEARCH.prepare(
    `DELETE FROM index_state WHERE name IN (SELECT ${NAME} || value FROM json_each(?))`,
  )
    .bind(JSON.stringify(ids))
    .run();
}
