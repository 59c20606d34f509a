import { and, asc, eq, sql } from "drizzle-orm";
import { user } from "./accounts/auth-schema.ts";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { creatorTrust, videoReviews } from "./moderation-schema.ts";
import { videos } from "./schema.ts";

export type ReviewRow = typeof videoReviews.$inferSelect;

/** Whether an account is a creator whose videos need a review. One row of each table. */
export async function isUntrusted(db: Catalog, ownerId: string): Promise<boolean> {
  const [row] = await db
    .select({ role: user.role, trustedAt: creatorTrust.trustedAt })
    .from(user)
    .leftJoin(creatorTrust, eq(creatorTrust.ownerId, user.id))
    .where(eq(user.id, ownerId));
  return row?.role === "creator" && row.trustedAt === null;
}

/** The videos among these that were approved before. */
export async function approvedAmong(db: Catalog, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ id: videoReviews.videoId })
    .from(videoReviews)
    .where(and(sql`${videoReviews.videoId} IN ${idsIn(ids)}`, eq(videoReviews.state, "approved")));
  return new Set(rows.map(({ id }) => id));
}

export async function findReview(db: Catalog, videoId: string): Promise<ReviewRow | null> {
  const query = db.select().from(videoReviews).where(eq(videoReviews.videoId, videoId));
  return (await query.get()) ?? null;
}

/** Statement that puts a video in the queue; one that is in it keeps its place. */
export function askReview(
  db: Catalog,
  row: Pick<ReviewRow, "videoId" | "ownerId" | "wanted" | "askedAt">,
): Statement {
  return db
    .insert(videoReviews)
    .values({ ...row, state: "waiting" })
    .onConflictDoUpdate({ target: videoReviews.videoId, set: { wanted: row.wanted } });
}

/** Statement that takes videos out of the queue, whose creators have changed their minds. */
export const withdrawReviews = (db: Catalog, ids: readonly string[]): Statement =>
  db
    .delete(videoReviews)
    .where(and(sql`${videoReviews.videoId} IN ${idsIn(ids)}`, eq(videoReviews.state, "waiting")));

/** Statement that ends the review of a video. */
export const closeReview = (
  db: Catalog,
  videoId: string,
  state: "approved" | "rejected",
): Statement => db.update(videoReviews).set({ state }).where(eq(videoReviews.videoId, videoId));

/**
 * Videos that wait for a review and can be watched, the oldest first. Plan: the partial index, and the video of each by key.
 */
export function waitingReviews(
  db: Catalog,
  limit: number,
  after: [askedAt: number, videoId: string] = [0, ""],
) {
  return db
    .select({ video: videos, askedAt: videoReviews.askedAt })
    .from(videoReviews)
    .innerJoin(videos, eq(videos.id, videoReviews.videoId))
    .where(
      sql`${videoReviews}.state = 'waiting' AND +${videos.state} IN ('playable', 'ready')
        AND ${videos.deletedAt} IS NULL
        AND (${videoReviews.askedAt}, ${videoReviews.videoId}) > (${after[0]}, ${after[1]})`,
    )
    .orderBy(asc(videoReviews.askedAt), asc(videoReviews.videoId))
    .limit(limit);
}

/**
 * Statement that counts an approved video; after a number of them its creator is trusted.
 * @param after that number; 0 for never
 */
export function countApproval(db: Catalog, ownerId: string, after: number, now: number): Statement {
  const isEnough = (approved: number | ReturnType<typeof sql>) =>
    sql<number | null>`CASE WHEN ${after} > 0 AND ${approved} >= ${after} THEN ${now} END`;
  return db
    .insert(creatorTrust)
    .values({ ownerId, approved: 1, trustedAt: isEnough(1) })
    .onConflictDoUpdate({
      target: creatorTrust.ownerId,
      set: {
        approved: sql`approved + 1`,
        trustedAt: sql`coalesce(trusted_at, ${isEnough(sql`approved + 1`)})`,
      },
    });
}

export async function isTrusted(db: Catalog, ownerId: string): Promise<boolean> {
  const query = db.select().from(creatorTrust).where(eq(creatorTrust.ownerId, ownerId));
  const row = await query.get();
  return row !== undefined && row.trustedAt !== null;
}

/** After trust is withdrawn, approvals are counted from zero. */
export async function setTrust(
  db: Catalog,
  ownerId: string,
  trusted: boolean,
  now: number,
): Promise<void> {
  const set = { trustedAt: trusted ? now : null, ...(!trusted && { approved: 0 }) };
  await db
    .insert(creatorTrust)
    .values({ ownerId, approved: 0, trustedAt: trusted ? now : null })
    .onConflictDoUpdate({ target: creatorTrust.ownerId, set });
}

/** Statement that forgets the review of an erased video. */
export const forgetReview = (db: Catalog, videoId: string): Statement =>
  db.delete(videoReviews).where(eq(videoReviews.videoId, videoId));

/** Statement that forgets how far a deleted account was trusted. */
export const forgetTrust = (db: Catalog, ownerId: string): Statement =>
  db.delete(creatorTrust).where(eq(creatorTrust.ownerId, ownerId));
