import type { ArchivedTask } from "../../contract/task-archive.ts";
import { archiveRows, noticesOf } from "../../db/transcoding/archive.ts";
import { type Task, tasksOf } from "../../db/transcoding/tasks.ts";
import type { Transcode } from "../../db/transcoding/transcodes.ts";
import { isArchivable } from "../../domain/tasks/archivable-tasks.ts";
import { deleteTaskArchive, readTaskArchive, writeTaskArchive } from "../../media/task-archive.ts";
import type { JobContext } from "../job-context.ts";
import { outputPaths } from "./task-request.ts";

/** All tasks of a version. */
export interface VersionTasks {
  rows: Task[];
  archived: ArchivedTask[];
}

export async function loadTasks(
  { db, env }: Pick<JobContext, "db" | "env">,
  transcode: Transcode,
): Promise<VersionTasks> {
  const [rows, archived] = await Promise.all([
    tasksOf(db, transcode),
    readTaskArchive(env, transcode),
  ]);
  return { rows, archived };
}

/** Keys, or prefixes that end in a slash, of the output of a version's finished tasks. */
export function outputsOf({ rows, archived }: VersionTasks, sourceKey: string): string[] {
  return [
    ...rows
      .filter(({ state }) => state === "done")
      .flatMap((task) => outputsOfTask(task, sourceKey)),
    ...archived.flatMap(({ outputs }) => outputs),
  ];
}

/** The parts of an edited source are no longer needed once they are joined, which is before anything is collected. */
const outputsOfTask = (task: Task, sourceKey: string) =>
  task.spec.kind === "edit" && task.spec.part ? [] : Object.values(outputPaths(task, sourceKey));

/**
 * Ends the sweep of an ended transcode: the tasks that no later work needs move from their rows, of two kilobytes each, to
 * one object in storage. Does nothing if the transcode has changed since it was read; the next sweep takes it then.
 */
export async function archiveTasks(
  { db, env }: Pick<JobContext, "db" | "env">,
  transcode: Transcode,
  { rows, archived }: VersionTasks,
  now: number,
): Promise<void> {
  const gone = rows.filter((task) => isArchivable(task, rows, transcode.state));
  if (gone.length > 0) {
    const ended = gone.map((task) => toArchived(task, transcode.sourceKey));
    await writeTaskArchive(env, transcode, [...archived, ...ended]);
  }
  const ids = gone.map(({ id }) => id);
  const isArchived = await archiveRows(db, transcode, ids, now);
  if (isArchived && gone.length > 0) await deleteTaskArchive(env, transcode);
}

function toArchived(task: Task, sourceKey: string): ArchivedTask {
  const { id, kind, name, stage, priority, attempt, errorCode, errorDetail } = task;
  const { startedAt, finishedAt } = task;
  const isDone = task.state === "done";
  return {
    id,
    kind,
    name,
    stage,
    priority,
    state: isDone ? "done" : "dead",
    attempt,
    errorCode,
    errorDetail,
    notices: noticesOf(task),
    startedAt,
    finishedAt,
    outputs: isDone ? outputsOfTask(task, sourceKey) : [],
  };
}
