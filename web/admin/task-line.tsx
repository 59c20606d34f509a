import type { WorkTask } from "../../workers/contract/work.ts";
import { clock, dayOf, shownText, timeOfDay } from "../format.ts";
import { locale, t } from "../i18n/translate.ts";

const secondsSince = (iso: string): number => (Date.now() - Date.parse(iso)) / 1000;

/** `Video of Harbour light`. */
export function nameOfTask({ kind, video }: Pick<WorkTask, "kind" | "video">): string {
  const title = shownText(video.title, t("admin.untitled"));
  return t("operate.taskOf", { kind: t(`operate.kind.${kind}`), title });
}

/** Since when it has been running or waiting, or when it failed. */
function timeText({ startedAt, since, retryAt, finishedAt, runner }: WorkTask): string {
  if (retryAt) return t("operate.retryAt", { time: timeOfDay(retryAt) });
  if (finishedAt)
    return t("operate.failedAt", { day: dayOf(finishedAt), time: timeOfDay(finishedAt) });
  if (runner && startedAt) return t("operate.runsFor", { time: clock(secondsSince(startedAt)) });
  return t("operate.waitsFor", { time: clock(secondsSince(since)) });
}

/** A task with its kind, video and progress. */
export function TaskLine({ task }: { task: WorkTask }) {
  const { kind, name, video, creator, progress, runner, attempt, errorCode, errorDetail } = task;
  const share = new Intl.NumberFormat(locale(), { style: "percent" }).format(progress);
  return (
    <>
      <p class="task-line">
        <span class="badge">{t(`operate.kind.${kind}`)}</span>{" "}
        <a href={`/watch/${video.id}`} dir="auto">
          {shownText(video.title, t("admin.untitled"))}
        </a>
      </p>
      <p class="admin-facts">
        <span dir="ltr">{name}</span>
        <span dir="auto">{shownText(creator.name, creator.id)}</span>
        <span>{timeText(task)}</span>
        {runner && <span>{t("operate.onRunner", { runner })}</span>}
        {kind === "finish" && <span>{t("operate.inWorker")}</span>}
        {runner && <span>{t("operate.done", { share })}</span>}
        {attempt > 1 && <span>{t("operate.attempts", { count: attempt })}</span>}
      </p>
      {errorCode && (
        <p class="admin-facts">
          <code dir="ltr">{errorCode}</code> <span dir="auto">{errorDetail}</span>
        </p>
      )}
    </>
  );
}
