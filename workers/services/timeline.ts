import type { ArchivedTask } from "../contract/task-archive.ts";
import type { Notice } from "../contract/notices.ts";
import type { Stage } from "../contract/task-order.ts";
import type { TimelineTask } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { listTasks, type TimelineRow } from "../db/transcoding/tasks.ts";
import { getTranscode } from "../db/transcoding/transcodes.ts";
import { noticeSentence } from "../domain/notices.ts";
import type { Principal } from "../domain/principal.ts";
import { isLaterStage, PRIORITIES, STAGES } from "../domain/tasks/task-order.ts";
import { readTaskArchive } from "../media/task-archive.ts";
import { authorizedVideo } from "./authorized-video.ts";

/** The timeline: all tasks of the current version, those whose rows are gone included. */
export async function videoTasks(
  env: Pick<Env, "CATALOG" | "MEDIA">,
  principal: Principal,
  id: string,
): Promise<TimelineTask[]> {
  const db = catalog(env);
  const { version } = await authorizedVideo(db, principal, "videos.tasks", id);
  const transcode = await getTranscode(db, { videoId: id, version });
  const [rows, archived] = await Promise.all([
    listTasks(db, { videoId: id, version }),
    transcode ? readTaskArchive(env, transcode) : [],
  ]);
  const tasks = inOrder([...archived.map(toRow), ...rows]);
  // A source that is remuxed is planned twice; the second plan is the one that is kept.
  const lastPlan = tasks.findLast(({ kind }) => kind === "plan");
  return tasks.map((row) => {
    const notices = row === lastPlan ? transcode?.plan?.notices : row.notices;
    return toTimelineTask(row, transcode?.stage ?? "plan", notices ?? []);
  });
}

function toRow(task: ArchivedTask): TimelineRow {
  return { ...task, progress: task.state === "done" ? 1 : 0 };
}

/** By stage and priority; tasks that are equal in both keep their order. */
function inOrder(rows: TimelineRow[]): TimelineRow[] {
  const rank = ({ stage, priority }: TimelineRow) =>
    STAGES.indexOf(stage) * PRIORITIES.length + PRIORITIES.indexOf(priority);
  return rows.toSorted((left, right) => rank(left) - rank(right));
}

/** @param stage current stage of the transcode: tasks of later stages are waiting */
function toTimelineTask(row: TimelineRow, stage: Stage, notices: Notice[]): TimelineTask {
  const iso = (time: number | null): string | null =>
    time === null ? null : new Date(time).toISOString();
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    state: row.state === "queued" && isLaterStage(row.stage, stage) ? "waiting" : row.state,
    progress: row.progress,
    attempts: row.attempt,
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.errorDetail ?? "" },
    notices: notices.map((notice) => ({ ...notice, detail: noticeSentence(notice) })),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}
