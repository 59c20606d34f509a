import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import { TaskKind } from "../contract/transcodes.ts";
import type {
  FailedVideo,
  FailedVideoPage,
  FailedVideoQuery,
  LiveWork,
  WorkTask,
  WorkTaskPage,
  WorkTaskQuery,
} from "../contract/work.ts";
import type { TaskList } from "../contract/task-lists.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { countEncodeTime } from "../db/encode-usage.ts";
import { type OpenTasks, openTasks, openTasksOf, queueGauges, taskGauges } from "../db/gauges.ts";
import { listRunners, quarantineOf, type RunnerRow } from "../db/runners.ts";
import { stopTask } from "../db/transcoding/stop-task.ts";
import { findTask } from "../db/transcoding/tasks.ts";
import { findVideo } from "../db/videos.ts";
import {
  countErrors,
  failedTasks,
  failedVideos,
  type FailedVideoRow,
  retryingTasks,
  runningTasks,
  waitingTasks,
  type WorkTaskRow,
} from "../db/work.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { encodeBudgetMs } from "../domain/tasks/encode-budget.ts";
import { AppError } from "../domain/errors.ts";
import { FAILURES } from "../domain/tasks/failures.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { type Failure, isRequired } from "../domain/tasks/task-state.ts";
import { log } from "../log.ts";
import { retryWork } from "./videos.ts";

type WorkEnv = Pick<Env, "CATALOG">;

/** Limit of running tasks. Only a deployment with hundreds of runners has more. */
const MAX_RUNNING = 500;
/** A runner that was not seen for this long is away, unless tasks are recorded as its own. */
const PRESENT_MS = 10 * 60_000;

const iso = (time: number | null): string | null =>
  time === null || time === 0 ? null : new Date(time).toISOString();
const isoOf = (time: number): string => new Date(time).toISOString();

function presentTask(row: WorkTaskRow): WorkTask {
  const { id, kind, name, attempt, progress, runner, errorCode, errorDetail, since } = row;
  return {
    ...{ id, kind, name, attempt, progress, runner, errorCode, errorDetail },
    video: { id: row.videoId, title: row.title ?? "" },
    creator: { id: row.ownerId, name: row.ownerName ?? "" },
    since: isoOf(since),
    startedAt: iso(row.startedAt),
    retryAt: iso(row.notBefore),
    finishedAt: iso(row.finishedAt),
  };
}

function presentRunner(
  { id, kind, slots, lastSeenAt }: Pick<RunnerRow, "id" | "kind" | "slots" | "lastSeenAt">,
  isQuarantined: boolean,
  tasks: readonly WorkTaskRow[],
): LiveWork["runners"][number] {
  return {
    ...{ id, kind, slots, isQuarantined },
    lastSeenAt: isoOf(lastSeenAt),
    tasks: tasks.filter(({ runner }) => runner === id).map(presentTask),
  };
}

/** How many tasks of each kind there are; kinds without any are left out. */
function kindsOf(open: readonly OpenTasks[]): LiveWork["tasks"]["kinds"] {
  return TaskKind.options
    .filter((kind) => open.some((each) => each.kind === kind))
    .map((kind) => {
      const own = open.filter((each) => each.kind === kind);
      return {
        kind,
        running: openTasksOf(own, "running"),
        waiting: openTasksOf(own, "waiting"),
        retrying: openTasksOf(own, "retrying"),
      };
    });
}

/** The current state: queues, runners with their tasks, and failures. */
export async function liveWork(env: WorkEnv, now: number): Promise<LiveWork> {
  const db = catalog(env);
  const [queues, gauges, running, open, runners, errors] = await Promise.all([
    queueGauges(db, now),
    taskGauges(db, now),
    runningTasks(db, MAX_RUNNING),
    openTasks(db),
    listRunners(db),
    countErrors(db),
  ]);
  const busy = new Set(running.map(({ runner }) => runner));
  return {
    queues: {
      unsent: queues.unsent,
      unsentSince: queues.unsent > 0 ? isoOf(queues.unsentSince) : null,
      unhandled: queues.unhandled,
      unhandledSince: queues.unhandled > 0 ? isoOf(queues.unhandledSince) : null,
      dead: queues.dead,
    },
    tasks: {
      running: openTasksOf(open, "running"),
      waiting: openTasksOf(open, "waiting"),
      retrying: openTasksOf(open, "retrying"),
      failed: errors.reduce((sum, { tasks }) => sum + tasks, 0),
      waitingSince: gauges.waitingSince < now ? isoOf(gauges.waitingSince) : null,
      kinds: kindsOf(open),
    },
    runners: runners
      .filter(({ id, lastSeenAt }) => busy.has(id) || now - lastSeenAt < PRESENT_MS)
      .map((row) => presentRunner(row, quarantineOf(row, now) !== null, running)),
    errors,
  };
}

const Times = z.tuple([z.number(), z.string()]);
const WaitingPosition = z.tuple([z.number(), z.number(), z.string()]);

interface TaskPages {
  rows: (db: Catalog, limit: number, query: WorkTaskQuery) => Promise<WorkTaskRow[]>;
  positionAfter: (row: WorkTaskRow) => unknown;
}

const timesOf = (cursor: string | undefined) =>
  cursor === undefined ? undefined : decodeCursor(Times, cursor);

const LISTS: Record<TaskList, TaskPages> = {
  running: {
    rows: (db, limit, { cursor }) => runningTasks(db, limit, timesOf(cursor)),
    positionAfter: ({ startedAt, id }) => [startedAt ?? 0, id],
  },
  waiting: {
    rows: (db, limit, { cursor }) =>
      waitingTasks(
        db,
        limit,
        cursor === undefined ? undefined : decodeCursor(WaitingPosition, cursor),
      ),
    positionAfter: ({ since, priority, id }) => [since, priority, id],
  },
  retrying: {
    rows: (db, limit, { cursor }) => retryingTasks(db, limit, timesOf(cursor)),
    positionAfter: ({ notBefore, id }) => [notBefore, id],
  },
  failed: {
    rows: (db, limit, { cursor, code }) => failedTasks(db, limit, code, timesOf(cursor)),
    positionAfter: ({ finishedAt, id }) => [finishedAt ?? 0, id],
  },
};

/** A page of tasks. @throws AppError invalid_cursor */
export async function listWorkTasks(env: WorkEnv, query: WorkTaskQuery): Promise<WorkTaskPage> {
  const { rows, positionAfter } = LISTS[query.list];
  const found = await rows(catalog(env), query.limit + 1, query);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  const nextCursor = found.length > query.limit && last ? encodeCursor(positionAfter(last)) : null;
  return { items: items.map(presentTask), nextCursor };
}

function presentFailed(row: FailedVideoRow): FailedVideo {
  return {
    video: { id: row.id, title: row.title },
    creator: { id: row.ownerId, name: row.ownerName ?? "" },
    errorCode: row.errorCode,
    errorDetail: row.errorDetail ?? "",
    failedAt: isoOf(row.updatedAt),
  };
}

/** A page of videos that could not be transcoded, the newest first. @throws AppError invalid_cursor */
export async function listFailedVideos(
  env: WorkEnv,
  { limit, cursor, code }: FailedVideoQuery,
): Promise<FailedVideoPage> {
  const found = await failedVideos(catalog(env), limit + 1, code, timesOf(cursor));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentFailed),
    nextCursor: found.length > limit && last ? encodeCursor([last.updatedAt, last.id]) : null,
  };
}

/** Tasks belong to the site here: their creators have no such list. */
const OF_SITE = { ownerId: "", visible: false };

/**
 * Retries what has failed in any creator's video. The caller relays the outbox.
 * @throws AppError not_found, conflict when nothing has failed
 */
export async function retryAnyVideo(
  env: Parameters<typeof retryWork>[0],
  principal: Principal,
  id: string,
): Promise<void> {
  const row = await findVideo(catalog(env), id);
  const video = row && row.deletedAt === null ? row : null;
  authorizeResource(principal, "failed-videos.retry", video && OF_SITE, "video");
  if (video === null) throw new AppError("not_found", "This video does not exist.");
  noteAct({ before: { state: video.state, errorCode: video.errorCode } });
  await retryWork(env, video);
  log("task.retried", { videoId: id, by: signedIn(principal).userId });
}

const STOPPED: Failure = {
  code: "stopped_by_operator",
  detail: FAILURES.stopped_by_operator.sentence,
  permanent: true,
};

/** Runners count towards the creators' budgets; the Worker's own tasks do not. */
const isCounted = (kind: TaskKind): boolean => kind !== "finish";

/**
 * Stops a waiting or running task. If the video needs the task, the video fails; otherwise it just lacks the result.
 * Both can be retried.
 * @throws AppError not_found, conflict for a task that has ended
 */
export async function stopWorkTask(
  env: WorkEnv & Pick<Env, "ENCODE_MINUTES_PER_DAY">,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const task = await findTask(db, id);
  authorizeResource(principal, "tasks.stop", task && { ...OF_SITE }, "task");
  if (task === null) throw new AppError("not_found", "This task does not exist.");
  const now = Date.now();
  const isOpen = task.state === "queued" || task.state === "running";
  const more = isCounted(task.kind) ? countEncodeTime(db, task, encodeBudgetMs(env), now) : [];
  const change = { isFatal: isRequired(task), more: task.state === "running" ? more : [] };
  if (!isOpen || !(await stopTask(db, task, STOPPED, change, now)))
    throw new AppError("conflict", "This task has changed in the meantime. Reload the list.");
  const { videoId, name } = task;
  log("task.stopped", { id, videoId, name, by: signedIn(principal).userId });
}
