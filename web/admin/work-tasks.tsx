import { useState } from "preact/hooks";
import { TASK_LISTS, type TaskList } from "../../workers/contract/task-lists.ts";
import type { LiveWork, WorkTask } from "../../workers/contract/work.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { listWorkTasks, retryFailed, stopTask } from "./operate-api.ts";
import { nameOfTask, TaskLine } from "./task-line.tsx";
import { useLive } from "./use-live.ts";

interface Props {
  counts: LiveWork["tasks"];
  /** Called when something was stopped or retried. */
  onChange: () => void;
}

/** One of the task lists, in which each task can be stopped or retried. */
export function WorkTasks({ counts, onChange }: Props) {
  const [list, setList] = useState<TaskList>("running");
  const [cursors, setCursors] = useState<string[]>([]);
  const [stopping, setStopping] = useState<WorkTask | null>(null);
  const page = useLive(
    (signal) => listWorkTasks(list, cursors.at(-1), signal),
    [list, cursors.at(-1)],
  );
  function changed(): void {
    page.reload();
    onChange();
  }
  const retrying = useSubmit(async (videoId: string) => {
    await retryFailed(videoId);
    changed();
  });
  function choose(next: TaskList): void {
    setList(next);
    setCursors([]);
  }
  const { data, error } = page;
  return (
    <section class="admin-section" aria-labelledby="operate-tasks" aria-busy={!data}>
      <div class="metrics-head">
        <h2 class="section-title" id="operate-tasks">
          {t("operate.tasks")}
        </h2>
        <select
          class="input"
          aria-label={t("operate.list")}
          value={list}
          onChange={({ currentTarget }) => choose(currentTarget.value as TaskList)}
        >
          {TASK_LISTS.map((each) => (
            <option key={each} value={each}>
              {t(`operate.list.${each}`, { count: counts[each] })}
            </option>
          ))}
        </select>
      </div>
      <FormError error={retrying.error} />
      {error && !data && <ErrorState heading="h2" error={error} onRetry={page.reload} />}
      {data?.items.length === 0 && <p class="soft">{t(`operate.none.${list}`)}</p>}
      <ul>
        {data?.items.map((task) => (
          <li class="admin-item" key={task.id} data-task={task.id}>
            <TaskLine task={task} />
            <div class="form-actions">
              {list === "failed" ? (
                <button
                  type="button"
                  class="button button-small"
                  aria-label={t("operate.retryName", { name: nameOfTask(task) })}
                  disabled={retrying.busy}
                  onClick={() => retrying.run(task.video.id)}
                >
                  {t("operate.retry")}
                </button>
              ) : (
                <button
                  type="button"
                  class="button button-small button-danger"
                  aria-label={t("operate.stopName", { name: nameOfTask(task) })}
                  onClick={() => setStopping(task)}
                >
                  {t("operate.stop")}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {data && (
        <Pager
          cursors={cursors}
          next={data.nextCursor}
          onChange={setCursors}
          back={t("operate.previous")}
          forward={t("operate.next")}
        />
      )}
      {stopping && (
        <ConfirmDialog
          title={t("operate.stopTitle", { name: nameOfTask(stopping) })}
          action={t("operate.stop")}
          onCancel={() => setStopping(null)}
          onConfirm={async () => {
            await stopTask(stopping.id);
            setStopping(null);
            changed();
          }}
        >
          <p>{t("operate.stopText")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
