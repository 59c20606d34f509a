import { and, asc, eq, gt, gte, inArray, isNull, lt, ne, or, type SQL, sql } from "drizzle-orm";
import {
  accountSubject,
  keySubject,
  LATE_TOKEN_MS,
  MAX_PLAYBACK_TOKEN_AGE_MS,
  REVOCATION_MARGIN_MS,
  sessionSubject,
  videoSubject,
} from "../domain/revocations.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { revocations, signingKeys } from "./playback-schema.ts";
import { videos } from "./schema.ts";

/** Revoking one more revokes every token of the video. */
const MAX_REVOKED_SESSIONS = LIMITS.revokedSessionsPerVideo;

/**
 * Every isolate holds all revocations in memory, so their number must stay bounded: a subject has one row. Revoking it
 * again replaces the row, since readers ask for rows after the last id that they have seen.
 */
function forget(db: Catalog, subject: string | SQL): Statement {
  return db.delete(revocations).where(eq(revocations.subject, subject));
}

/** Statements that revoke every token signed with a key. */
export function keyRevocation(db: Catalog, kid: string, at: number): Statement[] {
  return [
    forget(db, keySubject(kid)),
    db
      .insert(revocations)
      .values({ subject: keySubject(kid), at, until: at + MAX_PLAYBACK_TOKEN_AGE_MS }),
  ];
}

/**
 * Statements that revoke all tokens issued to an account until a minute from now, for any video.
 * @param condition of the change that requires it; they do nothing where it does not hold
 */
export function accountRevocations(
  db: Catalog,
  tags: readonly string[],
  now: number,
  condition: SQL = sql`TRUE`,
): Statement[] {
  const at = now + LATE_TOKEN_MS;
  const until = at + MAX_PLAYBACK_TOKEN_AGE_MS;
  const subjects = idsIn(tags.map(accountSubject));
  return [
    db.delete(revocations).where(and(sql`${revocations.subject} IN ${subjects}`, condition)),
    db
      .insert(revocations)
      .select(
        sql`SELECT NULL, tag.value, ${at}, ${until} FROM ${subjects} AS tag WHERE ${condition}`,
      ),
  ];
}

/** The subject of the video of the row. */
const ofVideo = sql`${videoSubject("")} || id`;

/** Adds revocations only for videos that can be watched: others have no tokens, and the rows would be wasted. */
function addRevocations(
  db: Catalog,
  which: SQL | undefined,
  subject: string | SQL,
  at: number,
): Statement {
  return db.insert(revocations).select(
    db
      .select({
        id: sql<number>`null`.as("id"),
        subject: sql<string>`${subject}`.as("subject"),
        at: sql<number>`${at}`.as("at"),
        until: sql<number>`${at + MAX_PLAYBACK_TOKEN_AGE_MS}`.as("until"),
      })
      .from(videos)
      .where(and(which, inArray(videos.state, ["playable", "ready"]))),
  );
}

/**
 * Statements that revoke every token of some videos issued until now. Put them in the batch of the change that requires it
 * (a video becomes private, fails or is deleted), before its state changes.
 */
export function videoRevocations(
  db: Catalog,
  videoIds: readonly string[],
  at: number,
): Statement[] {
  const subjects = idsIn(videoIds.map(videoSubject));
  return [
    db.delete(revocations).where(sql`${revocations.subject} IN ${subjects}`),
    addRevocations(db, sql`${videos.id} IN ${idsIn(videoIds)}`, ofVideo, at),
  ];
}

/** Statements that revoke the tokens of one session, or of the video once too many of its sessions are revoked. */
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
      // "0" is the character after the slash, so this is the end of the prefix.
      lt(revocations.subject, `session:${videoId}0`),
      ne(revocations.subject, subject),
      // Revocations of closed players last less long, and do not count.
      gte(sql`until - at`, MAX_PLAYBACK_TOKEN_AGE_MS),
    ),
  );
  const sessionOrVideo = sql`
    CASE WHEN (${others}) < ${MAX_REVOKED_SESSIONS} THEN ${subject} ELSE ${videoSubject(videoId)} END`;
  return [
    forget(db, sessionOrVideo),
    addRevocations(db, eq(videos.id, videoId), sessionOrVideo, at),
  ];
}

/** Whether a session was revoked or closed, so that it must not be continued. */
export async function isSessionRevoked(
  db: Catalog,
  videoId: string,
  sessionId: string,
): Promise<boolean> {
  const subject = sessionSubject(videoId, sessionId);
  return (await db.$count(revocations, eq(revocations.subject, subject))) > 0;
}

/**
 * Revokes the tokens of a session that its own player has closed, unless it was revoked before.
 * @param lifetimeMs maximum lifetime of its tokens
 */
export async function revokeClosed(
  db: Catalog,
  videoId: string,
  sessionId: string,
  lifetimeMs: number,
): Promise<void> {
  if (await isSessionRevoked(db, videoId, sessionId)) return;
  const at = Date.now();
  await db
    .insert(revocations)
    .values({ subject: sessionSubject(videoId, sessionId), at, until: at + lifetimeMs });
}

/** Deletes revocations whose tokens have all expired. */
export function forgetRevocations(db: Catalog, now: number) {
  return db
    .delete(revocations)
    .where(
      or(
        lt(revocations.until, now - REVOCATION_MARGIN_MS),
        lt(revocations.at, now - MAX_PLAYBACK_TOKEN_AGE_MS - REVOCATION_MARGIN_MS),
      ),
    );
}

/** The ids that a reader of the two logs has read up to. */
export interface LogPosition {
  key: number;
  revocation: number;
}

/** Entries after a position: keys that are not revoked, and revocations. One round trip. */
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
