import "./operate.css";
import { useState } from "preact/hooks";
import type { LiveWork } from "../../workers/contract/work.ts";
import { FormError } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { clock } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { FailedVideos } from "./failed-videos.tsx";
import { Figures } from "./figures.tsx";
import { getLiveWork, retryAllOf } from "./operate-api.ts";
import { TaskLine } from "./task-line.tsx";
import { useLive } from "./use-live.ts";
import { WorkTasks } from "./work-tasks.tsx";

const ago = (iso: string): string => clock((Date.now() - Date.parse(iso)) / 1000);

/** The running, waiting and failed tasks of the site. */
export function Work() {
  const { data, error, reload } = useLive(getLiveWork, []);
  if (error && !data) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  if (!data)
    return (
      <p role="status" aria-busy="true">
        {t("admin.asking")}
      </p>
    );
  return (
    <>
      <Queues work={data} />
      <WorkingRunners runners={data.runners} />
      <WorkTasks counts={data.tasks} onChange={reload} />
      <Errors errors={data.errors} onChange={reload} />
      <FailedVideos onChange={reload} />
    </>
  );
}

function Queues({ work: { queues, tasks } }: { work: LiveWork }) {
  const since = (time: string | null) =>
    time === null ? t("operate.nothingWaits") : t("operate.oldest", { time: ago(time) });
  return (
    <section class="admin-section" aria-labelledby="operate-queues">
      <h2 class="section-title" id="operate-queues">
        {t("operate.queues")}
      </h2>
      <Figures
        figures={[
          {
            name: t("operate.unsent"),
            value: queues.unsent,
            note: since(queues.unsentSince),
          },
          {
            name: t("operate.unhandled"),
            value: queues.unhandled,
            note: since(queues.unhandledSince),
          },
          {
            name: t("operate.dead"),
            value: queues.dead,
            note: <a href="/admin/messages">{t("operate.lookAtLost")}</a>,
          },
          {
            name: t("operate.waitingTasks"),
            value: tasks.waiting,
            note: since(tasks.waitingSince),
          },
          { name: t("operate.runningTasks"), value: tasks.running },
        ]}
      />
      {tasks.kinds.length > 0 && (
        <ul class="admin-facts" aria-label={t("operate.kinds")}>
          {tasks.kinds.map(({ kind, ...counts }) => (
            <li key={kind}>
              {t("operate.kindCounts", { kind: t(`operate.kind.${kind}`), ...counts })}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function WorkingRunners({ runners }: { runners: LiveWork["runners"] }) {
  return (
    <section class="admin-section" aria-labelledby="operate-runners">
      <h2 class="section-title" id="operate-runners">
        {t("operate.runners")}
      </h2>
      {runners.length === 0 && <p class="soft">{t("operate.noRunners")}</p>}
      <ul>
        {runners.map(({ id, slots, tasks, isQuarantined }) => (
          <li class="admin-item" key={id} data-runner={id}>
            <p class="admin-item-head">
              <strong>{id}</strong>
              {isQuarantined && <span class="badge badge-bad">{t("operate.quarantined")}</span>}
              <span class="soft">{t("operate.busy", { busy: tasks.length, slots })}</span>
            </p>
            {tasks.length === 0 && <p class="soft">{t("operate.idle")}</p>}
            {tasks.length > 0 && (
              <ul>
                {tasks.map((task) => (
                  <li key={task.id}>
                    <TaskLine task={task} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ErrorsProps {
  errors: LiveWork["errors"];
  onChange: () => void;
}

function Errors({ errors, onChange }: ErrorsProps) {
  return (
    <section class="admin-section" aria-labelledby="operate-errors">
      <h2 class="section-title" id="operate-errors">
        {t("operate.errors")}
      </h2>
      <p class="soft">{t(errors.length > 0 ? "operate.errorsText" : "operate.noErrors")}</p>
      <ul>
        {errors.map((error) => (
          <ErrorItem key={error.code} error={error} onChange={onChange} />
        ))}
      </ul>
    </section>
  );
}

interface ErrorProps {
  error: LiveWork["errors"][number];
  onChange: () => void;
}

function ErrorItem({ error: { code, tasks, videos }, onChange }: ErrorProps) {
  const [retried, setRetried] = useState<number | null>(null);
  const retrying = useSubmit(async () => {
    setRetried(await retryAllOf(code));
    onChange();
  });
  return (
    <li class="admin-item" data-error={code}>
      <p class="admin-item-head">
        <code dir="ltr">{code}</code>
      </p>
      <p class="admin-facts">
        {tasks > 0 && <span>{t("operate.failedTasks", { count: tasks })}</span>}
        {videos > 0 && <span>{t("operate.failedCount", { count: videos })}</span>}
      </p>
      <FormError error={retrying.error} />
      <div class="form-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t("operate.retryAllName", { code })}
          disabled={retrying.busy}
          onClick={() => retrying.run()}
        >
          {t("operate.retryAll")}
        </button>
      </div>
      <p role="status">{retried !== null && t("operate.retried", { count: retried })}</p>
    </li>
  );
}
