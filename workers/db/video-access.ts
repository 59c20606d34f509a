import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { WaysIn } from "../domain/video-access.ts";
import { LIMITS } from "../domain/limits.ts";
import { user } from "./accounts/auth-schema.ts";
import { type Catalog, insertWhen, runBatch, type Statement } from "./client.ts";
import { videoRevocations } from "./revocations.ts";
import { forgetPremieres, premiereQuery } from "./premieres.ts";
import { accessLinks, videoInvitations, videoPasswords } from "./video-access-schema.ts";

export type AccessLinkRow = typeof accessLinks.$inferSelect;
export type InvitationRow = typeof videoInvitations.$inferSelect;
type PasswordRow = typeof videoPasswords.$inferSelect;

/**
 * The accesses to a video that apply to a caller. One round trip. Plan: one row each by a key.
 * @param userId of the caller's account, if there is one. Only a confirmed address is theirs.
 * @param linkId of the link that they have opened
 */
export async function readWaysIn(
  db: Catalog,
  videoId: string,
  userId: string | null,
  linkId: string | null,
): Promise<WaysIn> {
  const ofVideo = eq(videoInvitations.videoId, videoId);
  const [passwords, links, some, own, announced] = await db.batch([
    db
      .select({ id: videoPasswords.id })
      .from(videoPasswords)
      .where(eq(videoPasswords.videoId, videoId)),
    db
      .select({ expiresAt: accessLinks.expiresAt })
      .from(accessLinks)
      .where(and(eq(accessLinks.id, linkId ?? ""), eq(accessLinks.videoId, videoId))),
    db.select({ id: videoInvitations.id }).from(videoInvitations).where(ofVideo).limit(1),
    db
      .select({ id: videoInvitations.id, lastUsedAt: videoInvitations.lastUsedAt })
      .from(user)
      .innerJoin(videoInvitations, and(ofVideo, eq(videoInvitations.email, user.email)))
      .where(and(eq(user.id, userId ?? ""), eq(user.emailVerified, true))),
    premiereQuery(db, videoId),
  ]);
  return {
    passwordId: passwords[0]?.id ?? null,
    link: links[0] ?? null,
    hasInvitations: some.length > 0,
    invitation: own[0] ?? null,
    hasPremiere: announced.length > 0,
  };
}

/** Whether there is any way into a video. Plan: one row each by an index. */
export async function hasWaysIn(db: Catalog, videoId: string): Promise<boolean> {
  const row = await db.get<{ found: number }>(sql`
    SELECT EXISTS (SELECT 1 FROM video_passwords WHERE video_id = ${videoId})
      OR EXISTS (SELECT 1 FROM access_links WHERE video_id = ${videoId})
      OR EXISTS (SELECT 1 FROM video_invitations WHERE video_id = ${videoId}) AS found`);
  return row.found === 1;
}

/** All ways into a video, for its creator. One round trip. */
export async function listWaysIn(
  db: Catalog,
  videoId: string,
): Promise<{ password: PasswordRow | null; links: AccessLinkRow[]; invitations: InvitationRow[] }> {
  const [passwords, links, invitations] = await db.batch([
    db.select().from(videoPasswords).where(eq(videoPasswords.videoId, videoId)),
    db
      .select()
      .from(accessLinks)
      .where(eq(accessLinks.videoId, videoId))
      .orderBy(desc(accessLinks.createdAt), asc(accessLinks.id)),
    db
      .select()
      .from(videoInvitations)
      .where(eq(videoInvitations.videoId, videoId))
      .orderBy(asc(videoInvitations.email)),
  ]);
  return { password: passwords[0] ?? null, links, invitations };
}

export async function findVideoPassword(db: Catalog, videoId: string): Promise<PasswordRow | null> {
  return (
    (await db.select().from(videoPasswords).where(eq(videoPasswords.videoId, videoId)).get()) ??
    null
  );
}

/** Sets the password of a video. Who watches by an earlier one has to enter it. */
export async function saveVideoPassword(db: Catalog, row: PasswordRow): Promise<void> {
  const { videoId, ...set } = row;
  await runBatch(db, [
    db
      .insert(videoPasswords)
      .values(row)
      .onConflictDoUpdate({ target: videoPasswords.videoId, set }),
    ...videoRevocations(db, [videoId], row.createdAt),
  ]);
}

export async function removeVideoPassword(
  db: Catalog,
  videoId: string,
  now: number,
): Promise<void> {
  await runBatch(db, [
    db.delete(videoPasswords).where(eq(videoPasswords.videoId, videoId)),
    ...videoRevocations(db, [videoId], now),
  ]);
}

/**
 * Adds a link, and deletes the video's links that have expired before a time.
 * @returns false when the video has reached the limit
 */
export async function insertAccessLink(
  db: Catalog,
  row: Omit<AccessLinkRow, "uses" | "lastUsedAt">,
  forgetBefore: number,
): Promise<boolean> {
  const ofVideo = eq(accessLinks.videoId, row.videoId);
  const isWithinLimit = sql`${db.$count(accessLinks, ofVideo)} < ${LIMITS.accessLinksPerVideo}`;
  const [, inserted] = await db.batch([
    db.delete(accessLinks).where(and(ofVideo, lt(accessLinks.expiresAt, forgetBefore))),
    insertWhen(db, accessLinks, { ...row, uses: 0, lastUsedAt: null }, isWithinLimit).returning({
      id: accessLinks.id,
    }),
  ]);
  return inserted.length > 0;
}

/** Counts that a link was opened. @returns when it expires; null if it has, or was revoked */
export async function countLinkUse(
  db: Catalog,
  videoId: string,
  id: string,
  now: number,
): Promise<number | null> {
  const [used] = await db
    .update(accessLinks)
    .set({ uses: sql`uses + 1`, lastUsedAt: now })
    .where(
      and(eq(accessLinks.id, id), eq(accessLinks.videoId, videoId), gt(accessLinks.expiresAt, now)),
    )
    .returning({ expiresAt: accessLinks.expiresAt });
  return used?.expiresAt ?? null;
}

/** Ends a link, and the playbacks that it has begun. @returns false if the video has no such link */
export async function removeAccessLink(
  db: Catalog,
  videoId: string,
  id: string,
  now: number,
): Promise<boolean> {
  const [removed] = await db.batch([
    db
      .delete(accessLinks)
      .where(and(eq(accessLinks.id, id), eq(accessLinks.videoId, videoId)))
      .returning({ id: accessLinks.id }),
    ...(videoRevocations(db, [videoId], now) as [Statement, ...Statement[]]),
  ]);
  return (removed as unknown[]).length > 0;
}

/**
 * Invites accounts, all of them or none. One statement counts and inserts, so that concurrent requests cannot exceed the
 * limit.
 * @returns those that were not invited before; null when there would be too many
 */
export async function insertInvitations(
  db: Catalog,
  videoId: string,
  invited: readonly { id: string; email: string }[],
  now: number,
): Promise<InvitationRow[] | null> {
  const rows = JSON.stringify(invited);
  const others = sql`
    SELECT count(*) FROM video_invitations
    WHERE video_id = ${videoId} AND email NOT IN (SELECT value ->> 'email' FROM json_each(${rows}))`;
  const isWithinLimit = sql`(${others}) + ${invited.length} <= ${LIMITS.invitedAccountsPerVideo}`;
  const [inserted, there] = await db.batch([
    db
      .insert(videoInvitations)
      .select(
        sql`
          SELECT value ->> 'id', ${videoId}, value ->> 'email', ${now}, NULL
          FROM json_each(${rows}) WHERE ${isWithinLimit}`,
      )
      .onConflictDoNothing()
      .returning(),
    db
      .select({ n: sql<number>`count(*)` })
      .from(videoInvitations)
      .where(
        sql`video_id = ${videoId} AND email IN (SELECT value ->> 'email' FROM json_each(${rows}))`,
      ),
  ]);
  return there[0]?.n === invited.length ? inserted : null;
}

/** Ends an invitation, and the playbacks that it has begun. @returns false if the video has no such invitation */
export async function removeInvitation(
  db: Catalog,
  videoId: string,
  id: string,
  now: number,
): Promise<boolean> {
  const [removed] = await db.batch([
    db
      .delete(videoInvitations)
      .where(and(eq(videoInvitations.id, id), eq(videoInvitations.videoId, videoId)))
      .returning({ id: videoInvitations.id }),
    ...(videoRevocations(db, [videoId], now) as [Statement, ...Statement[]]),
  ]);
  return (removed as unknown[]).length > 0;
}

export async function noteInvitationUse(db: Catalog, id: string, now: number): Promise<void> {
  await db.update(videoInvitations).set({ lastUsedAt: now }).where(eq(videoInvitations.id, id));
}

/** Statements that forget all ways into a video. */
export function forgetWaysIn(db: Catalog, videoId: string): Statement[] {
  return [
    db.delete(videoPasswords).where(eq(videoPasswords.videoId, videoId)),
    db.delete(accessLinks).where(eq(accessLinks.videoId, videoId)),
    db.delete(videoInvitations).where(eq(videoInvitations.videoId, videoId)),
    forgetPremieres(db, [videoId]),
  ];
}
