import { and, asc, eq, gt, gte, inArray, isNull, lt, ne, or, type SQL, sql } from "drizzle-orm";
import {
  keySubject,
  MAX_PLAYBACK_TOKEN_AGE_MS,
  REVOCATION_MARGIN_MS,
  sessionSubject,
  videoSubject,
} from "../domain/revocations.ts";
import type { Catalog, Statement } from "./client.ts";
import { revocations, signingKeys } from "./playback-schema.ts";
import { videos } from "./schema.ts";

/** Sessions of one video that its owner may have revoked at a time; one more revokes the whole video. */
export const MAX_SESSIONS = 50;

/**
 * Every isolate holds all revocations, so nobody may add as many as it likes: a subject has one row. It is a new one
 * each time, since readers ask for what lies behind the last id that they have seen.
 */
const forget = (db: Catalog, subject: string | SQL): Statement =>
  db.delete(revocations).where(eq(revocations.subject, subject));

/** Statements that revoke everything that a signing key has signed. */
export const keyRevocation = (db: Catalog, kid: string, at: number): Statement[] => [
  forget(db, keySubject(kid)),
  db
    .insert(revocations)
    .values({ subject: keySubject(kid), at, until: at + MAX_PLAYBACK_TOKEN_AGE_MS }),
];

/** A revocation of what can be watched; of what never could there are no grants, and its row would be a waste. */
const ofWatchable = (db: Catalog, videoId: string, subject: string | SQL, at: number) => [
  forget(db, subject),
  db.insert(revocations).select(
    db
      .select({
        id: sql<number>`null`.as("id"),
        subject: sql<string>`${subject}`.as("subject"),
        at: sql<number>`${at}`.as("at"),
        until: sql<number>`${at + MAX_PLAYBACK_TOKEN_AGE_MS}`.as("until"),
      })
      .from(videos)
      .where(and(eq(videos.id, videoId), inArray(videos.state, ["playable", "ready"]))),
  ),
];

/**
 * Statements that revoke every grant of a video issued until now; for the batch of the change that calls for it (one
 * that becomes private, fails or is deleted), before its state changes.
 */
export const videoRevocation = (db: Catalog, videoId: string, at: number): Statement[] =>
  ofWatchable(db, videoId, videoSubject(videoId), at);

/** Statements that revoke the grants of one session, or where its owner has revoked too many, of the video. */
export function sessionRevocation(
  db: Catalog,
  videoId: string,
  sessionId: string,
  at: number,
): Statement[] {
  const subject = sessionSubject(videoId, sessionId);
  const others = db.$count(
    revocations,
    and(
      gte(revocations.subject, sessionSubject(videoId, "")),
      // "0" follows the slash.
      lt(revocations.subject, `session:${videoId}0`),
      ne(revocations.subject, subject),
      // Those of closed players are shorter, and not the owner's.
      gte(sql`until - at`, MAX_PLAYBACK_TOKEN_AGE_MS),
    ),
  );
  const one = sql`case when (${others}) < ${MAX_SESSIONS} then ${subject} else ${videoSubject(videoId)} end`;
  return ofWatchable(db, videoId, one, at);
}

/** Whether a session was revoked or closed, so that it must not be gone on with. */
export const isSessionRevoked = async (
  db: Catalog,
  videoId: string,
  sessionId: string,
): Promise<boolean> =>
  (await db.$count(revocations, eq(revocations.subject, sessionSubject(videoId, sessionId)))) > 0;

/**
 * Revokes the grants of a session that its own player has closed, unless that was done before.
 * @param lifetime milliseconds that its grants live at most
 */
export async function revokeClosed(
  db: Catalog,
  videoId: string,
  sessionId: string,
  lifetime: number,
): Promise<void> {
  if (await isSessionRevoked(db, videoId, sessionId)) return;
  const at = Date.now();
  await db
    .insert(revocations)
    .values({ subject: sessionSubject(videoId, sessionId), at, until: at + lifetime });
}

/** Forgets revocations that no grant can outlive. */
export const forgetRevocations = (db: Catalog, now: number) =>
  db
    .delete(revocations)
    .where(
      or(
        lt(revocations.until, now - REVOCATION_MARGIN_MS),
        lt(revocations.at, now - MAX_PLAYBACK_TOKEN_AGE_MS - REVOCATION_MARGIN_MS),
      ),
    );

/** Where in the two logs a reader stands. */
export interface LogPosition {
  key: number;
  revocation: number;
}

/** What was appended after a position: keys that are not revoked, and revocations. One round trip. */
export async function readDeliveryLog(db: Catalog, after: LogPosition) {
  const [keys, revoked] = await db.batch([
    db
      .select()
      .from(signingKeys)
      .where(and(gt(signingKeys.id, after.key), isNull(signingKeys.revokedAt)))
      .orderBy(asc(signingKeys.id)),
    db
      .select()
      .from(revocations)
      .where(gt(revocations.id, after.revocation))
      .orderBy(asc(revocations.id)),
  ]);
  return { keys, revoked };
}
