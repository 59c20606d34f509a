import { eq, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { streams } from "./playback-schema.ts";

export type Stream = typeof streams.$inferSelect;

/**
 * Takes a place for a playback, or keeps the one that its session has, while the account has fewer others than the
 * limit. One statement, so that of many at once no more get through.
 * @returns false when every place is taken
 */
export async function takeStream(
  db: Catalog,
  { sessionId, userId, videoId, expiresAt }: Stream,
  limit: number,
  now: number,
): Promise<boolean> {
  const others = sql`SELECT count(*) FROM ${streams} WHERE user_id = ${userId} AND session_id <> ${sessionId} AND expires_at > ${now}`;
  const taken = await db.all(sql`
    INSERT INTO ${streams} (session_id, user_id, video_id, expires_at)
    SELECT ${sessionId}, ${userId}, ${videoId}, ${expiresAt} WHERE (${others}) < ${limit}
    ON CONFLICT (session_id) DO UPDATE SET expires_at = excluded.expires_at WHERE user_id = excluded.user_id
    RETURNING session_id`);
  return taken.length > 0;
}

/** Frees the place of a session. @returns false when it had none */
export async function freeStream(db: Catalog, sessionId: string): Promise<boolean> {
  const freed = await db
    .delete(streams)
    .where(eq(streams.sessionId, sessionId))
    .returning({ sessionId: streams.sessionId });
  return freed.length > 0;
}

export const forgetStreams = (db: Catalog, before: number) =>
  db.delete(streams).where(lt(streams.expiresAt, before));
