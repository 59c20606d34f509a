type SearchEnv = Pick<Env, "SEARCH">;

/** What the upkeep of the index remembers: texts by name, in `index_state` of the first shard. */
export const put = (env: SearchEnv, name: string, value: string): D1PreparedStatement =>
  env.SEARCH.prepare(
    "INSERT INTO index_state (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  ).bind(name, value);

export const read = (env: SearchEnv, name: string): Promise<string | null> =>
  env.SEARCH.prepare("SELECT value FROM index_state WHERE name = ?")
    .bind(name)
    .first<string>("value");
