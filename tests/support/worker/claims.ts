import { and, eq } from "drizzle-orm";
import { TaskKind } from "../../../workers/contract/transcodes.ts";
import { runBatch } from "../../../workers/db/client.ts";
import { type Claim, claimTask } from "../../../workers/db/transcoding/claim.ts";
import type { Task } from "../../../workers/db/transcoding/tasks.ts";
import { addTasks } from "../../../workers/db/transcoding/add-tasks.ts";
import { tasks } from "../../../workers/db/transcoding-schema.ts";
import { rendition, videoTask } from "./plan.ts";
import { db, queuedVideo } from "./transcoding.ts";

/** The capabilities of a runner that encodes everything. */
export const EVERYTHING = {
  kinds: TaskKind.options.filter((kind) => kind !== "finish"),
  codecs: ["h264" as const, "av1" as const, "vp9" as const, "aac" as const, "opus" as const],
};

/** A claim of a runner that supports everything and is never full. */
export const claim = (change: Partial<Claim> = {}): Promise<Task | null> =>
  claimTask(db, {
    runner: "local-0",
    capabilities: EVERYTHING,
    slots: 100,
    fleetSlots: 100,
    now: Date.now(),
    ...change,
  });

/** Adds chunks of a video whose plan is done, so that many tasks are runnable. */
export async function chunks(ownerId: string, count: number): Promise<string> {
  const id = await queuedVideo(ownerId);
  const now = Date.now();
  const planned = Array.from({ length: count }, (_, index) =>
    videoTask(`video ${index}`, index === 0 ? "first-video" : "later-video", index, [
      rendition(360),
    ]),
  );
  await runBatch(db, [
    ...addTasks(db, { videoId: id, version: 1 }, planned, now),
    db
      .update(tasks)
      .set({ state: "done", finishedAt: now })
      .where(and(eq(tasks.videoId, id), eq(tasks.kind, "plan"))),
  ]);
  return id;
}
