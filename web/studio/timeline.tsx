import { useState } from "preact/hooks";
import type { TimelineTask } from "../../workers/contract/videos.ts";
import { ProgressBar } from "../components/progress-bar.tsx";
import { runningTime } from "../format.ts";
import { noticeText } from "./notice-text.ts";
import { taskTitles } from "./task-title.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

const STATES: Record<TimelineTask["state"], PlainKey> = {
  waiting: "timeline.waiting",
  queued: "timeline.queued",
  running: "timeline.running",
  done: "timeline.done",
  dead: "timeline.dead",
};

/** A long video has hundreds of tasks: above this number the finished ones are hidden at first. */
const MAX_UNFOLDED_TASKS = 24;

/** How long a task took, or has been running. */
function elapsedTime(task: TimelineTask): string {
  if (!task.startedAt) return "";
  const end = task.finishedAt ? Date.parse(task.finishedAt) : Date.now();
  return runningTime(Math.max(0, (end - Date.parse(task.startedAt)) / 1000));
}

/** Every transcoding task of a video with its progress, attempts and error. */
export function Timeline({ tasks }: { tasks: TimelineTask[] }) {
  const [unfolded, setUnfolded] = useState(false);
  const done = tasks.filter((task) => task.state === "done").length;
  const folded = !unfolded && tasks.length > MAX_UNFOLDED_TASKS && done > 0;
  const shown = folded ? tasks.filter((task) => task.state !== "done") : tasks;
  const titles = taskTitles(tasks);
  return (
    <section aria-labelledby="timeline">
      <h2 class="section-title" id="timeline">
        {t("timeline.title")}
        {tasks.length > 0 && (
          <span class="timeline-count soft">
            {t("timeline.count", { done, total: tasks.length })}
          </span>
        )}
      </h2>
      {tasks.length === 0 ? (
        <p class="soft">{t("timeline.later")}</p>
      ) : (
        <ol class="timeline" aria-label={t("timeline.tasks")}>
          {shown.map((task) => (
            <li
              key={task.id}
              class={`task task-${task.state}`}
              data-task={task.kind}
              data-state={task.state}
            >
              <span class="task-name">{titles.get(task.id)}</span>
              <span class="task-state">
                {task.attempts > 1
                  ? t("timeline.attempt", { state: t(STATES[task.state]), attempt: task.attempts })
                  : t(STATES[task.state])}
              </span>
              <span class="task-time soft">{elapsedTime(task)}</span>
              {task.state === "running" && (
                <ProgressBar label={titles.get(task.id) ?? task.name} ratio={task.progress} />
              )}
              {task.notices.map((notice) => (
                <p key={notice.detail} class="task-error soft">
                  {noticeText(notice)}
                </p>
              ))}
              {task.error && <p class="task-error field-error">{task.error.detail}</p>}
            </li>
          ))}
        </ol>
      )}
      {folded && (
        <button type="button" class="link-button" onClick={() => setUnfolded(true)}>
          {t("timeline.showFinished", { count: done })}
        </button>
      )}
    </section>
  );
}
