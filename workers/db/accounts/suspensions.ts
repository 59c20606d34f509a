import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { keySubject, MAX_PLAYBACK_TOKEN_AGE_MS, videoSubject } from "../../domain/revocations.ts";
import type { Catalog, Statement } from "../client.ts";
import { revocations, signingKeys } from "../playback-schema.ts";
import { accountRevocations } from "../revocations.ts";
import { videos } from "../schema.ts";
import { outbox } from "../upkeep-schema.ts";
import { suspendedAccounts, suspendedVideos } from "./account-admin-schema.ts";
import { session, verification } from "./auth-schema.ts";
import { oauthAccessToken, oauthRefreshToken } from "./oauth-schema.ts";

/** Condition on the account of the query: it is not suspended. Plan: one look-up in a table that is nearly always empty. */
export const isActive = sql`NOT EXISTS (
  SELECT 1 FROM suspended_accounts WHERE account_id = "user".id)`;

/** Condition: this account is the only admin who can sign in. Plan: the admins, by `user_role`. */
export function noOtherAdmin(id: string): SQL {
  return sql`(
    EXISTS (SELECT 1 FROM "user" AS own WHERE own.id = ${id} AND own.role = 'admin')
    AND NOT EXISTS (
      SELECT 1 FROM "user" AS other
      WHERE other.role = 'admin' AND other.id <> ${id}
        AND NOT EXISTS (SELECT 1 FROM suspended_accounts WHERE account_id = other.id)))`;
}

const ofOwnVideos = (ownerId: string): SQL =>
  sql`(SELECT ${videoSubject("")} || id FROM videos WHERE owner_id = ${ownerId})`;

/**
 * Statements that suspend an account, however many videos it has: they end its sessions and tokens, make its videos
 * private and revoke their playback tokens. If the first statement changes nothing because the account is the last
 * admin, none of them does anything. Suspending it again replaces the reason.
 * @param suspension with the account's tags in playback tokens
 *
 * Plan: the videos of the account by `videos_owner`; sessions, tokens and keys of the account by index.
 */
export function suspensionStatements(
  db: Catalog,
  id: string,
  { reason, tags }: { reason: string; tags: readonly string[] },
  now: number,
): Statement[] {
  const isNowSuspended = sql`EXISTS (SELECT 1 FROM suspended_accounts WHERE account_id = ${id})`;
  const shown = sql`(SELECT video_id FROM suspended_videos WHERE owner_id = ${id})`;
  const ownKeys = and(eq(signingKeys.ownerId, id), isNull(signingKeys.revokedAt), isNowSuspended);
  return [
    db
      .insert(suspendedAccounts)
      .select(sql`SELECT ${id}, ${reason}, ${now} WHERE NOT ${noOtherAdmin(id)}`)
      .onConflictDoUpdate({ target: suspendedAccounts.accountId, set: { reason } }),
    db
      .insert(suspendedVideos)
      .select(
        sql`
          SELECT id, owner_id, visibility FROM videos
          WHERE owner_id = ${id} AND visibility <> 'private' AND erased_at IS NULL AND ${isNowSuspended}`,
      )
      .onConflictDoNothing(),
    db
      .update(videos)
      .set({ visibility: "private", updatedAt: now, revision: sql`revision + 1` })
      .where(and(sql`${videos.id} IN ${shown}`, sql`visibility <> 'private'`, isNowSuspended)),
    ...revokeAll(db, ofOwnVideos(id), isNowSuspended),
    db.insert(revocations).select(
      sql`
        SELECT NULL, ${videoSubject("")} || id, ${now}, ${now + MAX_PLAYBACK_TOKEN_AGE_MS}
        FROM videos WHERE owner_id = ${id} AND state IN ('playable', 'ready') AND ${isNowSuspended}`,
    ),
    ...revokeAll(
      db,
      sql`(SELECT ${keySubject("")} || kid FROM signing_keys WHERE owner_id = ${id})`,
      isNowSuspended,
    ),
    db.insert(revocations).select(
      sql`
        SELECT NULL, ${keySubject("")} || kid, ${now}, ${now + MAX_PLAYBACK_TOKEN_AGE_MS}
        FROM signing_keys WHERE owner_id = ${id} AND ${isNowSuspended}`,
    ),
    db.update(signingKeys).set({ revokedAt: now }).where(ownKeys),
    ...accountRevocations(db, tags, now, isNowSuspended),
    db.delete(session).where(and(eq(session.userId, id), isNowSuspended)),
    db.delete(oauthRefreshToken).where(and(eq(oauthRefreshToken.userId, id), isNowSuspended)),
    db.delete(oauthAccessToken).where(and(eq(oauthAccessToken.userId, id), isNowSuspended)),
    db.delete(verification).where(and(eq(verification.value, id), isNowSuspended)),
    indexVideos(db, sql`${shown} AND ${isNowSuspended}`, now),
  ];
}

const revokeAll = (db: Catalog, subjects: SQL, condition: SQL): Statement[] => [
  db.delete(revocations).where(and(sql`${revocations.subject} IN ${subjects}`, condition)),
];

/** Requests an update of the search index for videos. @param which follows IN */
function indexVideos(db: Catalog, which: SQL, now: number): Statement {
  return db.insert(outbox).select(
    sql`
      SELECT NULL, 'events', json_object('kind', 'index-video', 'videoId', id), ${now}, NULL, 0
      FROM videos WHERE id IN ${which}`,
  );
}

/**
 * Statements that end a suspension: each video gets its previous visibility, unless a moderator has hidden it in the
 * meantime, or its scheduled time to become private has passed. A video that was still being transcoded is published
 * now. Plan: the rows of `suspended_videos` of the account, and their videos by key.
 */
export function endSuspension(db: Catalog, id: string, now: number): Statement[] {
  const shown = sql`(SELECT video_id FROM suspended_videos WHERE owner_id = ${id})`;
  const before = sql`(SELECT visibility FROM suspended_videos WHERE video_id = videos.id)`;
  const visibility = sql<"public" | "unlisted" | "private">`
    CASE
      WHEN hidden_at IS NOT NULL OR coalesce(unpublish_at <= ${now}, 0) THEN 'private'
      ELSE ${before}
    END`;
  return [
    // First, since a trigger refuses to show videos of suspended accounts.
    db.delete(suspendedAccounts).where(eq(suspendedAccounts.accountId, id)),
    db
      .update(videos)
      .set({
        visibility,
        publishedAt: sql`
          CASE
            WHEN published_at IS NULL AND ${visibility} = 'public' THEN ${now}
            ELSE published_at
          END`,
        updatedAt: now,
        revision: sql`revision + 1`,
      })
      .where(and(sql`${videos.id} IN ${shown}`, inArray(videos.state, ["playable", "ready"]))),
    // A video that cannot be watched yet is published when it can.
    db
      .update(videos)
      .set({ visibility, updatedAt: now, revision: sql`revision + 1` })
      .where(and(sql`${videos.id} IN ${shown}`, sql`${videos.state} NOT IN ('playable', 'ready')`)),
    indexVideos(db, shown, now),
    db.delete(suspendedVideos).where(eq(suspendedVideos.ownerId, id)),
  ];
}

/** Whether an account is suspended, for its sign-in and for what it shows to others. Plan: one row by its key. */
export async function isSuspended(db: Catalog, id: string): Promise<boolean> {
  return (await db.$count(suspendedAccounts, eq(suspendedAccounts.accountId, id))) > 0;
}
