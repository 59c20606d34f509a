import { and, asc, desc, eq, getTableColumns, isNull, sql } from "drizzle-orm";
import type { VideoLimits } from "../contract/moderation.ts";
import { LIMITS } from "../domain/limits.ts";
import type { Catalog, Statement } from "./client.ts";
import { idsIn, rowsChanged } from "./client.ts";
import { rulings, videoLimits } from "./moderation-schema.ts";

export type RulingRow = typeof rulings.$inferSelect;

/**
 * Statements that add a ruling to the history of its video. Beyond the limit, the oldest ruling without an appeal is
 * deleted.
 */
export function addRuling(db: Catalog, row: RulingRow): Statement[] {
  return [
    db.insert(rulings).values(row),
    db.delete(rulings).where(
      sql`video_id = ${row.videoId} AND (appealed_at IS NULL OR verdict IS NOT NULL) AND id NOT IN (
          SELECT id FROM rulings WHERE video_id = ${row.videoId}
          ORDER BY created_at DESC, id DESC LIMIT ${LIMITS.rulingsPerVideo})`,
    ),
  ];
}

const nameOf = (column: string) =>
  sql<string | null>`(SELECT name FROM user WHERE user.id = ${sql.raw(column)})`;

const SHOWN = {
  ...getTableColumns(rulings),
  title: sql<string | null>`(SELECT title FROM videos WHERE videos.id = rulings.video_id)`,
  creatorName: nameOf("rulings.owner_id"),
  moderatorName: nameOf("rulings.moderator_id"),
  judgeName: nameOf("rulings.judge_id"),
};

/** A ruling with the names that its pages show. */
export type ShownRuling = Awaited<ReturnType<typeof rulingsOfVideo>>[number];

export type RulingPosition = [createdAt: number, id: string];

/** Rulings about a video, the newest first. Plan: its index, at most as many as there may be. */
export function rulingsOfVideo(db: Catalog, videoId: string) {
  return db
    .select(SHOWN)
    .from(rulings)
    .where(eq(rulings.videoId, videoId))
    .orderBy(desc(rulings.createdAt), desc(rulings.id));
}

/** Rulings about the videos of a creator, the newest first. Plan: its index. */
export function rulingsOfCreator(
  db: Catalog,
  ownerId: string,
  limit: number,
  after: RulingPosition = [Number.MAX_SAFE_INTEGER, ""],
) {
  return db
    .select(SHOWN)
    .from(rulings)
    .where(
      and(
        eq(rulings.ownerId, ownerId),
        sql`(${rulings.createdAt}, ${rulings.id}) < (${after[0]}, ${after[1]})`,
      ),
    )
    .orderBy(desc(rulings.createdAt), desc(rulings.id))
    .limit(limit);
}

/** Open appeals, the oldest first. Plan: the partial index, which has no others. */
export function openAppeals(db: Catalog, limit: number, after: RulingPosition = [0, ""]) {
  return db
    .select(SHOWN)
    .from(rulings)
    .where(
      sql`appealed_at is not null and verdict is null
        AND (${rulings.appealedAt}, ${rulings.id}) > (${after[0]}, ${after[1]})`,
    )
    .orderBy(asc(rulings.appealedAt), asc(rulings.id))
    .limit(limit);
}

export async function findRuling(db: Catalog, id: string): Promise<RulingRow | null> {
  return (await db.select().from(rulings).where(eq(rulings.id, id)).get()) ?? null;
}

/** @returns false if it was appealed before */
export async function storeAppeal(
  db: Catalog,
  id: string,
  text: string,
  now: number,
): Promise<boolean> {
  const done = await db
    .update(rulings)
    .set({ appealText: text, appealedAt: now })
    .where(and(eq(rulings.id, id), isNull(rulings.appealedAt), isNull(rulings.verdict)));
  return rowsChanged(done) > 0;
}

/** Statement that closes an appeal which is still open. */
export function storeVerdict(
  db: Catalog,
  id: string,
  verdict: Pick<RulingRow, "verdict" | "verdictText" | "judgeId" | "judgedAt">,
) {
  return db
    .update(rulings)
    .set(verdict)
    .where(and(eq(rulings.id, id), isNull(rulings.verdict)));
}

/** The moderators' limits for these videos, by id. */
export async function limitsOf(
  db: Catalog,
  ids: readonly string[],
): Promise<Map<string, VideoLimits>> {
  const rows = await db
    .select()
    .from(videoLimits)
    .where(sql`${videoLimits.videoId} IN ${idsIn(ids)}`);
  return new Map(rows.map(({ videoId, ...limits }) => [videoId, limits]));
}

/** Statement that sets the limits of a video, or removes them with null. */
export function setLimits(db: Catalog, videoId: string, limits: VideoLimits | null): Statement {
  return limits
    ? db
        .insert(videoLimits)
        .values({ videoId, ...limits })
        .onConflictDoUpdate({ target: videoLimits.videoId, set: limits })
    : db.delete(videoLimits).where(eq(videoLimits.videoId, videoId));
}

/** Statements that forget what was decided about an erased video. */
export function forgetRulings(db: Catalog, videoId: string): Statement[] {
  return [
    db.delete(rulings).where(eq(rulings.videoId, videoId)),
    db.delete(videoLimits).where(eq(videoLimits.videoId, videoId)),
  ];
}
