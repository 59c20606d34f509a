import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { PlannedTask } from "../../contract/transcodes.ts";
import type { Catalog, Statement } from "../client.ts";
import { tasks, transcodes } from "../transcoding-schema.ts";
import { tasksOfVersion, type VideoVersion } from "./tasks.ts";
import { addLateTasks, type Transcode } from "./transcodes.ts";

/** Dead by their own failures, not because their video failed or was stopped. */
const isDead = and(eq(tasks.state, "dead"), ne(tasks.errorCode, "cancelled"));

/** How many tasks of a version are dead. */
export function countDead(db: Catalog, version: VideoVersion): Promise<number> {
  return db.$count(tasks, and(tasksOfVersion(version), isDead)).then(Number);
}

/**
 * Statements that retry the dead tasks of a version from the first attempt, and then rewrite the playlists. They do
 * nothing for a failed transcode: its video starts over as a new version.
 */
export function reviveDead(db: Catalog, transcode: Transcode, now: number): Statement[] {
  const finish: PlannedTask = {
    name: `finish after retry ${now}`,
    stage: "publish-downloads",
    priority: "blocking",
    spec: { kind: "finish" },
  };
  return [
    db
      .update(tasks)
      .set({
        state: "queued",
        failures: 0,
        interruptions: 0,
        notBefore: 0,
        avoid: null,
        progress: 0,
        errorCode: null,
        errorDetail: null,
        finishedAt: null,
      })
      .where(and(tasksOfVersion(transcode), isDead)),
    ...addLateTasks(db, transcode, [finish], now),
  ];
}

/**
 * Transcodes of watchable videos with tasks that died of an error. Plan: index `tasks_dead`, one look-up per dead task
 * with this code.
 */
export async function transcodesWithDead(
  db: Catalog,
  errorCode: string,
  limit: number,
): Promise<Transcode[]> {
  const versions = db
    .select({ key: sql`${tasks.videoId} || '/' || ${tasks.version}` })
    .from(tasks)
    .innerJoin(
      transcodes,
      and(eq(transcodes.videoId, tasks.videoId), eq(transcodes.version, tasks.version)),
    )
    .where(
      and(
        sql`${tasks.state} = 'dead'`,
        eq(tasks.errorCode, errorCode),
        inArray(transcodes.state, ["active", "done"]),
      ),
    )
    .groupBy(tasks.videoId, tasks.version)
    .limit(limit);
  const found = await versions;
  const keys = JSON.stringify(found.map(({ key }) => String(key).split("/")));
  return db
    .select()
    .from(transcodes)
    .where(
      sql`(${transcodes.videoId}, ${transcodes.version}) IN (
        SELECT value ->> 0, CAST(value ->> 1 AS INTEGER) FROM json_each(${keys}))`,
    )
    .all();
}
