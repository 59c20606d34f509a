import { and, isNull, sql } from "drizzle-orm";
import { type Catalog, idsIn } from "./client.ts";
import { enqueueEvents } from "./outbox.ts";
import { videos } from "./schema.ts";

export interface TagChange {
  id: string;
  /** The tags as they were read: if they have changed since, nothing is written. */
  before: readonly string[];
  after: readonly string[];
}

/**
 * Statements that change the tags of videos, of which the first returns the ids of those that it has changed; the search
 * index follows. Plan: each video by its primary key.
 */
export function tagStatements(db: Catalog, changes: readonly TagChange[], now: number) {
  const ids = changes.map(({ id }) => id);
  const byId = JSON.stringify(
    Object.fromEntries(
      changes.map(({ id, before, after }) => [
        id,
        { before: JSON.stringify(before), after: JSON.stringify(after) },
      ]),
    ),
  );
  // Ids are letters and digits, so they need no quoting in a path.
  const of = (name: "before" | "after") =>
    sql`json_extract(${byId}, '$.' || videos.id || ${`.${name}`})`;
  return [
    db
      .update(videos)
      .set({ tags: of("after"), updatedAt: now, revision: sql`revision + 1` })
      .where(
        and(
          sql`${videos.id} IN ${idsIn(ids)}`,
          isNull(videos.deletedAt),
          sql`${videos.tags} = ${of("before")}`,
        ),
      )
      .returning({ id: videos.id }),
    enqueueEvents(
      db,
      ids.map((videoId) => ({ kind: "index-video", videoId })),
      now,
    ),
  ] as const;
}
