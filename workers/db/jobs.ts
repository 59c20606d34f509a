import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { PlannedTask } from "../contract/transcode.ts";
import type { Catalog, Statement } from "./client.ts";
import { addTasks, advance, earliestOpenStage } from "./outcomes.ts";
import { enqueueWake } from "./outbox.ts";
import { tasks, transcodes } from "./schema.ts";
import type { Task, Transcode } from "./tasks.ts";

/** A task as the timeline shows it; what it is made of stays inside. */
export type JobRow = Pick<
  Task,
  | "id"
  | "kind"
  | "name"
  | "stage"
  | "state"
  | "progress"
  | "attempt"
  | "errorCode"
  | "errorDetail"
  | "startedAt"
  | "finishedAt"
>;

type Version = Pick<Task, "videoId" | "version">;

const ofVersion = (table: typeof tasks | typeof transcodes, { videoId, version }: Version) =>
  and(eq(table.videoId, videoId), eq(table.version, version));

/** The tasks of a video's version in the order in which they may run. */
export function listTasks(db: Catalog, videoId: string, version: number): Promise<JobRow[]> {
  return db
    .select({
      id: tasks.id,
      kind: tasks.kind,
      name: tasks.name,
      stage: tasks.stage,
      state: tasks.state,
      progress: tasks.progress,
      attempt: tasks.attempt,
      errorCode: tasks.errorCode,
      errorDetail: tasks.errorDetail,
      startedAt: tasks.startedAt,
      finishedAt: tasks.finishedAt,
    })
    .from(tasks)
    .where(ofVersion(tasks, { videoId, version }))
    .orderBy(asc(tasks.stage), asc(tasks.priority), asc(sql`rowid`));
}

/**
 * Statements that add tasks to a version whose transcode may be done already, which then goes on. Those that it has
 * already, by name, stay as they are.
 */
export function addLateTasks(
  db: Catalog,
  transcode: Transcode,
  planned: readonly PlannedTask[],
  now: number,
): Statement[] {
  const open = earliestOpenStage(transcode);
  return [
    ...addTasks(db, transcode, planned, now),
    db
      .update(transcodes)
      .set({ state: "active", stage: open, sweptAt: null, updatedAt: now })
      .where(and(ofVersion(transcodes, transcode), sql`state <> 'failed' and ${open} is not null`)),
    enqueueWake(db, "transcode-bulk", now),
  ];
}

/** Has a creator picked another poster since the one that this task makes? */
export async function isPosterOutdated(
  db: Catalog,
  task: Version & Pick<Task, "id">,
): Promise<boolean> {
  const later = sql`rowid > (SELECT rowid FROM tasks AS this WHERE this.id = ${task.id})`;
  const isImages = and(ofVersion(tasks, task), eq(tasks.kind, "images"), ne(tasks.state, "dead"));
  const rows = await db.select({ id: tasks.id }).from(tasks).where(and(isImages, later)).limit(1);
  return rows.length > 0;
}

/** The tasks of a version that make files to download. */
export function downloadTaskIds(db: Catalog, version: Version): Promise<{ id: string }[]> {
  return db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(ofVersion(tasks, version), eq(tasks.kind, "download")));
}

/**
 * Statements that take the files to download off a version's record: what runs loses its task, and the sweep will
 * look once more for what it may still store.
 */
export const forgetDownloads = (db: Catalog, version: Version, now: number): Statement[] => [
  db.delete(tasks).where(and(ofVersion(tasks, version), eq(tasks.kind, "download"))),
  db
    .update(transcodes)
    .set({ sweptAt: null, updatedAt: now })
    .where(ofVersion(transcodes, version)),
  advance(db, version, now),
];
