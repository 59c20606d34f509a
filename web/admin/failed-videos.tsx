import { useState } from "preact/hooks";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { ErrorState } from "../components/states.tsx";
import { dayOf, shownText, timeOfDay } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { listFailedVideos, retryFailed } from "./operate-api.ts";
import { useLive } from "./use-live.ts";

/** Videos that could not be transcoded, each with a button to start over. */
export function FailedVideos({ onChange }: { onChange: () => void }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLive((signal) => listFailedVideos(cursors.at(-1), signal), [cursors.at(-1)]);
  const retrying = useSubmit(async (videoId: string) => {
    await retryFailed(videoId);
    page.reload();
    onChange();
  });
  const { data, error } = page;
  return (
    <section class="admin-section" aria-labelledby="operate-failed" aria-busy={!data}>
      <h2 class="section-title" id="operate-failed">
        {t("operate.failedVideos")}
      </h2>
      <FormError error={retrying.error} />
      {error && !data && <ErrorState heading="h2" error={error} onRetry={page.reload} />}
      {data?.items.length === 0 && <p class="soft">{t("operate.noFailedVideos")}</p>}
      <ul>
        {data?.items.map(({ video, creator, errorCode, errorDetail, failedAt }) => {
          const title = shownText(video.title, t("admin.untitled"));
          return (
            <li class="admin-item" key={video.id} data-failed={video.id}>
              <p class="task-line">
                <a href={`/studio/${video.id}/processing`} dir="auto">
                  {title}
                </a>
              </p>
              <p class="admin-facts">
                <span dir="auto">{shownText(creator.name, creator.id)}</span>
                <span>
                  {t("operate.failedAt", { day: dayOf(failedAt), time: timeOfDay(failedAt) })}
                </span>
                <code dir="ltr">{errorCode}</code>
              </p>
              <p dir="auto">{errorDetail}</p>
              <div class="form-actions">
                <button
                  type="button"
                  class="button button-small"
                  aria-label={t("operate.retryName", { name: title })}
                  disabled={retrying.busy}
                  onClick={() => retrying.run(video.id)}
                >
                  {t("operate.retry")}
                </button>
              </div>
            </li>
          );
        })}
      </ul>
      {data && <Pager cursors={cursors} next={data.nextCursor} onChange={setCursors} />}
    </section>
  );
}
