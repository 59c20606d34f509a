import { useState } from "preact/hooks";
import type { Report } from "../../workers/contract/reports.ts";
import { dismissReport, hideReportedVideo, listReports } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { dayOf, shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { REASON_NAMES } from "../reason-names.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { RulingDialog } from "./ruling-dialog.tsx";
import { LookButton } from "./video-look.tsx";

/** The viewers' reports, newest first: a moderator reviews each, and dismisses it or hides the video. */
export function Reports() {
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLoad((signal) => listReports(cursors.at(-1), signal), [cursors.at(-1)]);
  const [hiding, setHiding] = useState<Report | null>(null);
  const [deciding, setDeciding] = useState<Report | null>(null);
  const dismissing = useSubmit(async (id: string) => {
    await dismissReport(id);
    page.reload();
  });
  if (page.error) return <ErrorState heading="h2" error={page.error} onRetry={page.reload} />;
  if (!page.data)
    return (
      <p role="status" aria-busy="true">
        {t("admin.asking")}
      </p>
    );
  if (page.data.items.length === 0 && cursors.length === 0)
    return (
      <EmptyState heading="h2" title={t("admin.noReports")}>
        {t("admin.noReportsText")}
      </EmptyState>
    );
  return (
    <section class="admin-section" aria-labelledby="admin-reports">
      <h2 class="section-title" id="admin-reports">
        {t("admin.reports")}
      </h2>
      <FormError error={dismissing.error} />
      <ul>
        {page.data.items.map((report) => (
          <ReportItem
            key={report.id}
            report={report}
            isBusy={dismissing.busy}
            onDismiss={() => dismissing.run(report.id)}
            onHide={() => setHiding(report)}
            onDecide={() => setDeciding(report)}
          />
        ))}
      </ul>
      {deciding && (
        <RulingDialog
          videoId={deciding.video.id}
          title={shownText(deciding.video.title, t("admin.untitled"))}
          reason={deciding.reason}
          onClose={() => setDeciding(null)}
          onDone={() => {
            setDeciding(null);
            page.reload();
          }}
        />
      )}
      <Pager cursors={cursors} next={page.data.nextCursor} onChange={setCursors} />
      {hiding && (
        <ConfirmDialog
          title={t("admin.hideTitle", { title: hiding.video.title })}
          action={t("admin.hide")}
          onCancel={() => setHiding(null)}
          onConfirm={async () => {
            await hideReportedVideo(hiding.id);
            setHiding(null);
            page.reload();
          }}
        >
          <p>{t("admin.hideText")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

interface ItemProps {
  report: Report;
  isBusy: boolean;
  onDismiss: () => void;
  onHide: () => void;
  onDecide: () => void;
}

function ReportItem({ report, isBusy, onDismiss, onHide, onDecide }: ItemProps) {
  const { video, reason, text, ofVideo, createdAt } = report;
  const title = shownText(video.title, t("admin.untitled"));
  return (
    <li class="admin-item">
      <p class="admin-item-head">
        <span class="badge badge-bad">{t(REASON_NAMES[reason])}</span>
        <a href={`/watch/${video.id}`} dir="auto">
          {title}
        </a>
      </p>
      <p class="admin-facts">
        <span dir="auto">{shownText(video.creator.name, video.creator.id)}</span>
        <span>{t(`visibility.${video.visibility}`)}</span>
        <span>{dayOf(createdAt)}</span>
        {ofVideo > 1 && <span>{t("admin.ofVideo", { count: ofVideo })}</span>}
      </p>
      {text !== "" && (
        <blockquote class="admin-quote" dir="auto">
          {text}
        </blockquote>
      )}
      <LookButton id={video.id} title={title} />
      <div class="form-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t("admin.dismissTitle", { title })}
          disabled={isBusy}
          onClick={onDismiss}
        >
          {t("admin.dismiss")}
        </button>
        <button
          type="button"
          class="button button-small"
          aria-label={t("moderation.decideName", { title })}
          onClick={onDecide}
        >
          {t("moderation.decideMore")}
        </button>
        {video.visibility !== "private" && (
          <button
            type="button"
            class="button button-small button-danger"
            aria-label={t("admin.hideName", { title })}
            onClick={onHide}
          >
            {t("admin.hide")}
          </button>
        )}
      </div>
    </li>
  );
}
