import { and, eq, sql } from "drizzle-orm";
import type { Notice } from "../../contract/notices.ts";
import type { Catalog } from "../client.ts";
import { tasks, transcodes } from "../transcoding-schema.ts";
import { type Task, tasksOfVersion } from "./tasks.ts";
import { type Transcode, transcodeOfVersion } from "./transcodes.ts";

/** Parts of the source that a task could not use. */
export function noticesOf({ kind, result }: Pick<Task, "kind" | "result">): Notice[] {
  if (kind !== "remux" && kind !== "captions" && kind !== "audio") return [];
  return result !== null && "notices" in result ? (result.notices ?? []) : [];
}

/**
 * Notes that an ended transcode was swept, and deletes the rows of these of its tasks, which the next archive has. One
 * transaction, which does nothing if the transcode has changed since it was read: every change of its tasks sets its time.
 * @returns whether it did
 */
export async function archiveRows(
  db: Catalog,
  transcode: Transcode,
  ids: readonly string[],
  now: number,
): Promise<boolean> {
  const archive = transcode.archive + (ids.length > 0 ? 1 : 0);
  const isUnchanged = and(
    transcodeOfVersion(transcode),
    eq(transcodes.archive, transcode.archive),
    eq(transcodes.updatedAt, transcode.updatedAt),
    eq(transcodes.state, transcode.state),
    sql`${transcodes.sweptAt} IS NULL`,
  );
  const isSwept = sql`EXISTS (
    SELECT 1 FROM transcodes
    WHERE video_id = ${transcode.videoId} AND version = ${transcode.version}
      AND swept_at = ${now} AND archive = ${archive})`;
  const isGone = sql`${tasks.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const [changed] = await db.batch([
    db
      .update(transcodes)
      // An older plan is stored as JSON: written again, it is compressed.
      .set({ sweptAt: now, archive, plan: transcode.plan })
      .where(isUnchanged)
      .returning({ archive: transcodes.archive }),
    db.delete(tasks).where(and(tasksOfVersion(transcode), isGone, isSwept)),
  ]);
  return changed.length > 0;
}
