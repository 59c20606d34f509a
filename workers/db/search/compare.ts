import { z } from "zod";
import { captionStamps } from "./cue-windows.ts";
import { getState, putState, readState } from "./index-state.ts";
import { cueDatabases, searchDatabases, shardOf } from "./shards.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/** How far the changes of CATALOG have been compared with the index. */
const Comparison = z.object({
  /** Time (milliseconds since the epoch) and id of the last compared change. */
  updatedAt: z.int(),
  id: z.string(),
  /** Cron runs in which the next changes have failed. */
  attempts: z.int().default(0),
});
export type Comparison = z.infer<typeof Comparison>;

export async function readComparison(env: SearchEnv): Promise<Comparison | null> {
  const value = await getState(env, "compared");
  return value === null ? null : Comparison.parse(JSON.parse(value));
}

export async function saveComparison(env: SearchEnv, comparison: Comparison): Promise<void> {
  await putState(env, "compared", JSON.stringify(comparison)).run();
}

/** Id of the last video that the audit has checked; empty at the start of a round. */
export const readAuditPosition = async (env: SearchEnv): Promise<string> =>
  (await getState(env, "audited")) ?? "";

export async function saveAuditPosition(env: SearchEnv, id: string): Promise<void> {
  await putState(env, "audited", id).run();
}

/**
 * Ids on the active side after one id and up to another, or to the end.
 * @param limit of ids per shard
 */
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

/** The index entry of a video. */
export interface IndexedVideo {
  /** Null if only captions are left, of a video that is no longer indexed. */
  revision: number | null;
  /** See `CaptionSource`. */
  stamp: string;
}

/** The videos among these that the active side contains, by id. */
export async function indexedVideos(
  env: SearchEnv,
  ids: readonly string[],
): Promise<Map<string, IndexedVideo>> {
  const { active } = await readState(env);
  const idsByDatabase = (databases: readonly D1Database[]) =>
    databases.map((db, n) => ({
      db,
      own: ids.filter((id) => shardOf(id, databases.length) === n),
    }));
  const [revisions, stamps] = await Promise.all([
    Promise.all(
      idsByDatabase(searchDatabases(env)).map(({ db, own }) =>
        db
          .prepare(
            `SELECT id, revision FROM docs_${active} WHERE id IN (SELECT value FROM json_each(?))`,
          )
          .bind(JSON.stringify(own))
          .all<{ id: string; revision: number }>(),
      ),
    ),
    Promise.all(
      idsByDatabase(cueDatabases(env)).map(({ db, own }) => captionStamps(db, active, own)),
    ),
  ]);
  const videos = new Map<string, IndexedVideo>();
  for (const { id, revision } of revisions.flatMap(({ results }) => results))
    videos.set(id, { revision, stamp: "" });
  for (const [id, stamp] of stamps.flatMap((found) => [...found]))
    videos.set(id, { revision: videos.get(id)?.revision ?? null, stamp });
  return videos;
}
