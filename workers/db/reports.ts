import { desc, eq, getTableColumns, sql } from "drizzle-orm";
import { LIMITS } from "../domain/limits.ts";
import { user } from "./accounts/auth-schema.ts";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { reports } from "./report-schema.ts";
import { videos } from "./schema.ts";
import { changeStatements } from "./videos.ts";

type ReportRow = typeof reports.$inferSelect;

/** A report with what a moderator sees of its video. */
export type ShownReport = Awaited<ReturnType<typeof listReports>>[number];

/**
 * Stores a report. A second one of the same reporter replaces the first, and beyond the limit of the video none is stored: its
 * moderators know already. Plan: the reporter's and the video's rows by index, both bounded by their limits.
 * @returns false when the reporter has too many open reports
 */
export async function insertReport(db: Catalog, row: ReportRow): Promise<boolean> {
  const { id, videoId, reporter, reason, text, createdAt } = row;
  const ofOthers = sql`reporter = ${reporter} AND video_id <> ${videoId}`;
  const [open] = await db.batch([
    db
      .select({ n: sql<number>`count(*)` })
      .from(reports)
      .where(ofOthers),
    db
      .insert(reports)
      .select(
        sql`SELECT ${id}, ${videoId}, ${reporter}, ${reason}, ${text}, ${createdAt}
          WHERE (SELECT count(*) FROM reports WHERE ${ofOthers}) < ${LIMITS.openReportsPerReporter}
            AND (SELECT count(*) FROM reports WHERE video_id = ${videoId} AND reporter <> ${reporter})
              < ${LIMITS.openReportsPerVideo}`,
      )
      .onConflictDoUpdate({
        target: [reports.videoId, reports.reporter],
        set: { reason, text, createdAt },
      }),
  ]);
  return (open[0]?.n ?? 0) < LIMITS.openReportsPerReporter;
}

/** Open reports, the newest first. Plan: the index of times, and a few rows by key for each. */
export function listReports(
  db: Catalog,
  limit: number,
  before: { createdAt: number; id: string } = { createdAt: Number.MAX_SAFE_INTEGER, id: "" },
) {
  return db
    .select({
      ...getTableColumns(reports),
      title: videos.title,
      visibility: videos.visibility,
      creatorId: videos.ownerId,
      creatorName: user.name,
      ofVideo: sql<number>`(SELECT count(*) FROM reports o WHERE o.video_id = "reports"."video_id")`,
    })
    .from(reports)
    .innerJoin(videos, eq(videos.id, reports.videoId))
    .leftJoin(user, eq(user.id, videos.ownerId))
    .where(sql`(${reports.createdAt}, ${reports.id}) < (${before.createdAt}, ${before.id})`)
    .orderBy(desc(reports.createdAt), desc(reports.id))
    .limit(limit);
}

export async function findReport(db: Catalog, id: string): Promise<ReportRow | null> {
  return (await db.select().from(reports).where(eq(reports.id, id)).get()) ?? null;
}

export async function deleteReport(db: Catalog, id: string): Promise<void> {
  await db.delete(reports).where(eq(reports.id, id));
}

/** Statement that deletes the reports of an account. */
export function forgetReporter(db: Catalog, reporter: string): Statement {
  return db.delete(reports).where(eq(reports.reporter, reporter));
}

/** Statement after which the creators of videos decide again who sees them. */
export function allowShowing(db: Catalog, videoIds: readonly string[]): Statement {
  return db
    .update(videos)
    .set({ hiddenAt: null })
    .where(sql`${videos.id} IN ${idsIn(videoIds)}`);
}

/** Statements that make a video private until a moderator makes it public again, and end its playbacks. */
export function hideStatements(db: Catalog, videoId: string, now: number): Statement[] {
  return [
    ...changeStatements(db, [videoId], { visibility: "private" }, now),
    db.update(videos).set({ hiddenAt: now }).where(eq(videos.id, videoId)),
  ];
}

/** Statement that closes all reports of a video. */
export const closeReports = (db: Catalog, videoId: string): Statement =>
  db.delete(reports).where(eq(reports.videoId, videoId));
