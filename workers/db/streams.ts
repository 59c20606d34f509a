import { eq, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { streams } from "./playback-schema.ts";

export type Stream = typeof streams.$inferSelect;

/**
 * Records a stream, or extends that of its session, while the account has fewer others than the limit. One statement,
 * so that concurrent requests cannot exceed it.
 * @returns false when the limit is reached
 */
export async function takeStream(
  db: Catalog,
  { sessionId, userId, videoId, expiresAt }: Stream,
  limit: number,
  now: number,
): Promise<boolean> {
  const others = sql`
    SELECT count(*) FROM ${streams}
    WHERE user_id = ${userId} AND session_id <> ${sessionId} AND expires_at > ${now}`;
  const taken = await db.all(sql`
    INSERT INTO ${streams} (session_id, user_id, video_id, expires_at)
    SELECT ${sessionId}, ${userId}, ${videoId}, ${expiresAt} WHERE (${others}) < ${limit}
    ON CONFLICT (session_id) DO UPDATE
      SET expires_at = excluded.expires_at WHERE user_id = excluded.user_id
    RETURNING session_id`);
  return taken.length > 0;
}

/** Ends the stream of a session. @returns false when it had none */
export async function freeStream(db: Catalog, sessionId: string): Promise<boolean> {
  const freed = await db
    .delete(streams)
    .where(eq(streams.sessionId, sessionId))
    .returning({ sessionId: streams.sessionId });
  return freed.length > 0;
}

export function forgetStreams(db: Catalog, before: number) {
  return db.delete(streams).where(lt(streams.expiresAt, before));
}
