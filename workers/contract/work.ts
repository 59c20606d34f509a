import { z } from "zod";
import { Id, page, PageQuery, Timestamp } from "./common.ts";
import { RunnerId, RunnerKind } from "./runners.ts";
import { TASK_LISTS } from "./task-lists.ts";
import { TaskKind } from "./transcodes.ts";

/** The video and creator of a task or a failed video. Names are empty if the row has been deleted. */
const VideoName = z.object({ id: Id, title: z.string() });
const CreatorName = z.object({ id: z.string(), name: z.string() });

/** A task, as operators see it. */
export const WorkTask = z.object({
  id: Id,
  kind: TaskKind,
  /** Unique within its video: `video 3`. */
  name: z.string(),
  video: VideoName,
  creator: CreatorName,
  /** How often it was begun. */
  attempt: z.int(),
  /** Between 0 and 1, of the attempt that runs. */
  progress: z.number(),
  /** The runner that runs it; null for the Worker's own tasks, and while no runner has it. */
  runner: z.string().nullable(),
  errorCode: z.string().nullable(),
  errorDetail: z.string().nullable(),
  /** When the transcode of its video started. */
  since: Timestamp,
  startedAt: Timestamp.nullable(),
  /** When it is retried; null if it does not wait for that. */
  retryAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type WorkTask = z.infer<typeof WorkTask>;

/** The code of an error that tasks and videos fail with: `encoder_failed`. */
const ErrorCode = z.string().regex(/^[a-z_]{1,64}$/, "must be the code of an error");

export const WorkTaskQuery = PageQuery.extend({
  list: z.enum(TASK_LISTS).default("running"),
  /** Only `failed` tasks with this error. */
  code: ErrorCode.optional(),
});
export type WorkTaskQuery = z.infer<typeof WorkTaskQuery>;
export const WorkTaskPage = page(WorkTask);
export type WorkTaskPage = z.infer<typeof WorkTaskPage>;

export const FailedVideoQuery = PageQuery.extend({ code: ErrorCode.optional() });
export type FailedVideoQuery = z.infer<typeof FailedVideoQuery>;

/** A video that could not be transcoded. */
export const FailedVideo = z.object({
  video: VideoName,
  creator: CreatorName,
  errorCode: z.string(),
  errorDetail: z.string(),
  failedAt: Timestamp,
});
export type FailedVideo = z.infer<typeof FailedVideo>;
export const FailedVideoPage = page(FailedVideo);
export type FailedVideoPage = z.infer<typeof FailedVideoPage>;

/** The current state. Counts are exact up to a thousand and stop there. */
export const LiveWork = z.object({
  queues: z.object({
    /** Messages that no queue has taken yet, and since when the oldest waits. */
    unsent: z.int(),
    unsentSince: Timestamp.nullable(),
    /** Messages that a queue has accepted and that have not been handled. */
    unhandled: z.int(),
    unhandledSince: Timestamp.nullable(),
    /** Messages that were given up. */
    dead: z.int(),
  }),
  tasks: z.object({
    running: z.int(),
    waiting: z.int(),
    retrying: z.int(),
    failed: z.int(),
    /** Since when the longest-waiting video has waited. */
    waitingSince: Timestamp.nullable(),
    kinds: z.array(
      z.object({ kind: TaskKind, running: z.int(), waiting: z.int(), retrying: z.int() }),
    ),
  }),
  /** Runners that were seen within ten minutes or have tasks, with their tasks. */
  runners: z.array(
    z.object({
      id: RunnerId,
      kind: RunnerKind,
      slots: z.int(),
      lastSeenAt: Timestamp,
      isQuarantined: z.boolean(),
      tasks: z.array(WorkTask),
    }),
  ),
  /** The errors that tasks have died of and videos have failed with, the most frequent first. */
  errors: z.array(z.object({ code: z.string(), tasks: z.int(), videos: z.int() })),
});
export type LiveWork = z.infer<typeof LiveWork>;
