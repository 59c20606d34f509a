import { z } from "zod";
import { momentsStamps } from "./moments.ts";
import { momentDatabases, readState, searchDatabases, shardOf } from "./shards.ts";
import { put, read } from "./state.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/** The last change of CATALOG, by time and id, that the index has been compared with. */
const Compared = z.object({
  updatedAt: z.int(),
  id: z.string(),
  /** Runs that what comes next has failed in. */
  attempts: z.int().default(0),
});
export type Compared = z.infer<typeof Compared>;

export async function readCompared(env: SearchEnv): Promise<Compared | null> {
  const value = await read(env, "compared");
  return value === null ? null : Compared.parse(JSON.parse(value));
}

export async function saveCompared(env: SearchEnv, compared: Compared): Promise<void> {
  await put(env, "compared", JSON.stringify(compared)).run();
}

/** Id of the last video that the audit has looked at; empty at the start. */
export const readAudited = async (env: SearchEnv): Promise<string> =>
  (await read(env, "audited")) ?? "";

export async function saveAudited(env: SearchEnv, id: string): Promise<void> {
  await put(env, "audited", id).run();
}

/** Ids that the active slot holds after one and up to another, or to the end: the first of each shard. */
export async function indexedIds(
  env: SearchEnv,
  after: string,
  upTo: string | null,
  limit: number,
): Promise<string[]> {
  const { active } = await readState(env);
  const shards = await Promise.all(
    searchDatabases(env).map((db) =>
      db
        .prepare(
          `SELECT id FROM docs_${active} WHERE id > ?1 AND id <= ifnull(?2, '~') ORDER BY id LIMIT ?3`,
        )
        .bind(after, upTo, limit)
        .all<{ id: string }>(),
    ),
  );
  return shards.flatMap(({ results }) => results.map((row) => row.id));
}

/** What the index holds of a video; captions may be left of one that has gone. */
export interface Held {
  revision: number | null;
  /** See `publishMoments`. */
  stamp: string;
}

/** Those of the videos of which the active slot holds anything. */
export async function heldVideos(
  env: SearchEnv,
  ids: readonly string[],
): Promise<Map<string, Held>> {
  const { active } = await readState(env);
  const shares = (databases: readonly D1Database[]) =>
    databases.map((db, n) => ({
      db,
      own: ids.filter((id) => shardOf(id, databases.length) === n),
    }));
  const [revisions, stamps] = await Promise.all([
    Promise.all(
      shares(searchDatabases(env)).map(({ db, own }) =>
        db
          .prepare(
            `SELECT id, revision FROM docs_${active} WHERE id IN (SELECT value FROM json_each(?))`,
          )
          .bind(JSON.stringify(own))
          .all<{ id: string; revision: number }>(),
      ),
    ),
    Promise.all(shares(momentDatabases(env)).map(({ db, own }) => momentsStamps(db, active, own))),
  ]);
  const held = new Map<string, Held>();
  for (const { id, revision } of revisions.flatMap(({ results }) => results))
    held.set(id, { revision, stamp: "" });
  for (const [id, stamp] of stamps.flatMap((found) => [...found]))
    held.set(id, { revision: held.get(id)?.revision ?? null, stamp });
  return held;
}
