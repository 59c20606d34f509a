import { and, eq, inArray, sql } from "drizzle-orm";
import type { PlannedTask, TaskKind } from "../../contract/transcodes.ts";
import { newId } from "../../domain/id.ts";
import { laneOf } from "../../domain/tasks/lanes.ts";
import { PRIORITIES, STAGES } from "../../domain/tasks/task-order.ts";
import { type Catalog, insertFrom, type Statement } from "../client.ts";
import { tasks } from "../transcoding-schema.ts";
import type { VideoVersion } from "./tasks.ts";

/** The row of a task that is added with its transcode. */
export function newTask(
  { videoId, version, ownerId }: VideoVersion & { ownerId: string },
  task: PlannedTask,
  now: number,
) {
  const { kind } = task.spec;
  const lane = laneOf(task);
  return {
    ...task,
    id: newId(),
    kind,
    lane,
    since: now,
    createdAt: now,
    videoId,
    version,
    ownerId,
  };
}

/** D1 binds at most 2 MB; a task has about one kilobyte. */
const TASKS_PER_STATEMENT = 500;

/**
 * Statements that add tasks to a transcode; existing tasks of the same name are not changed. The tasks are one bound
 * parameter, since a plan has hundreds, and D1 binds a hundred parameters per statement.
 */
export function addTasks(
  db: Catalog,
  { videoId, version }: VideoVersion,
  planned: readonly PlannedTask[],
  now: number,
): Statement[] {
  const rows = planned.map((task) => ({
    ...task,
    id: newId(),
    lane: laneOf(task),
    stage: STAGES.indexOf(task.stage),
    priority: PRIORITIES.indexOf(task.priority),
  }));
  const statements = Math.ceil(rows.length / TASKS_PER_STATEMENT);
  return Array.from({ length: statements }, (_, index) => {
    const some = rows.slice(index * TASKS_PER_STATEMENT, (index + 1) * TASKS_PER_STATEMENT);
    const of = (path: string) => sql`task.value ->> ${sql.raw(`'${path}'`)}`;
    const columns = {
      id: of("id"),
      videoId: sql`t.video_id`,
      version: sql`t.version`,
      ownerId: sql`t.owner_id`,
      kind: of("$.spec.kind"),
      name: of("name"),
      stage: of("stage"),
      priority: of("priority"),
      lane: of("lane"),
      since: sql`t.created_at`,
      spec: sql`task.value -> 'spec'`,
      createdAt: now,
    };
    const source = sql`
      transcodes AS t CROSS JOIN json_each(${JSON.stringify(some)}) AS task
      WHERE t.video_id = ${videoId} AND t.version = ${version} ORDER BY task.key`;
    return insertFrom(db, tasks, columns, source);
  });
}

/**
 * Statement that removes queued tasks that are replaced by a newer one of the same kind, so that many changes in a row
 * cause no more work than one. A running task is not stopped.
 * @param prefix of the names of these tasks
 */
export function dropQueued(
  db: Catalog,
  { videoId, version }: VideoVersion,
  prefix: string,
): Statement {
  const isOne = and(
    eq(tasks.videoId, videoId),
    eq(tasks.version, version),
    eq(tasks.state, "queued"),
    sql`substr(${tasks.name}, 1, ${prefix.length}) = ${prefix}`,
  );
  return db.delete(tasks).where(isOne);
}

/** How many tasks of a version have a name with this prefix. */
export function countTasks(
  db: Catalog,
  { videoId, version }: VideoVersion,
  prefix: string,
): Promise<number> {
  const isOne = and(
    eq(tasks.videoId, videoId),
    eq(tasks.version, version),
    sql`substr(${tasks.name}, 1, ${prefix.length}) = ${prefix}`,
  );
  return db.$count(tasks, isOne).then(Number);
}

/** Whether a version has a task of such a kind that has not ended. */
export async function hasOpenTask(
  db: Catalog,
  { videoId, version }: VideoVersion,
  kinds: readonly TaskKind[],
): Promise<boolean> {
  const found = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      and(
        eq(tasks.videoId, videoId),
        eq(tasks.version, version),
        inArray(tasks.state, ["queued", "running"]),
        inArray(tasks.kind, [...kinds]),
      ),
    )
    .limit(1);
  return found.length > 0;
}
