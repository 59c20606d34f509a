import { and, sql } from "drizzle-orm";
import { LEASE_MS } from "../../domain/tasks/task-state.ts";
import type { Catalog } from "../client.ts";
import { tasks } from "../transcoding-schema.ts";
import { MAY_BE_PLAYABLE } from "./publications.ts";
import { type HeldTask, heldBy, type StoredOutputs, type Task } from "./tasks.ts";

/** The statement of both functions; it also renews the lease. */
function report(
  db: Catalog,
  task: HeldTask,
  change: Partial<Pick<Task, "progress" | "partial">>,
  now: number,
) {
  const active = sql`EXISTS (
    SELECT 1 FROM transcodes
    WHERE video_id = ${tasks.videoId} AND version = ${tasks.version} AND state = 'active')`;
  return db
    .update(tasks)
    .set({ ...change, leaseUntil: now + LEASE_MS })
    .where(and(heldBy(task), sql`${tasks.runner} IS ${task.runner}`, active));
}

/**
 * Records progress, in one statement: every runner does this every few seconds.
 * @returns false when this attempt no longer counts: its lease ran out and another took over, or the transcode was stopped
 */
export async function reportProgress(
  db: Catalog,
  task: HeldTask,
  progress: number,
  now: number,
): Promise<boolean> {
  const updated = await report(db, task, { progress }, now).returning({ id: tasks.id });
  return updated.length > 0;
}

/**
 * Like `reportProgress`, with the output stored so far.
 * @returns whether the video may be playable now; null when this attempt no longer counts
 */
export async function reportSegments(
  db: Catalog,
  task: HeldTask,
  progress: number,
  outputs: StoredOutputs,
  now: number,
): Promise<{ mayBePlayable: boolean } | null> {
  const change = { progress, partial: { attempt: task.attempt, outputs } };
  const [updated] = await report(db, task, change, now).returning({
    mayBePlayable: MAY_BE_PLAYABLE.mapWith(Boolean),
  });
  return updated ?? null;
}
