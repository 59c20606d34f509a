import "../components/confirm-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { REPORT_REASONS } from "../../workers/contract/report-reasons.ts";
import type { ReportReason } from "../../workers/contract/reports.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { reportVideo } from "../api.ts";
import { Field } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { REASON_NAMES } from "../reason-names.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** Tells the moderators about a video. */
export function ReportDialog({ video, onClose }: { video: Video; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [reason, setReason] = useState<ReportReason | "">("");
  const [text, setText] = useState("");
  const { submit, busy, done, error, fieldErrors } = useSubmit(async () => {
    if (reason !== "") await reportVideo(video.id, { reason, text });
  });
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="report" onClose={onClose}>
      <h2 id="report">{t("report.title")}</h2>
      {done ? (
        <>
          <p role="status">{t("report.thanks")}</p>
          <form method="dialog" class="form-actions">
            <button class="button">{t("common.close")}</button>
          </form>
        </>
      ) : (
        <form class="form" onSubmit={submit}>
          <Field label={t("report.question")} error={fieldErrors["reason"]}>
            {(ids) => (
              <select
                {...ids}
                class="input"
                required
                value={reason}
                onInput={(event) => setReason(event.currentTarget.value as ReportReason)}
              >
                <option value="">{t("report.choose")}</option>
                {REPORT_REASONS.map((value) => (
                  <option key={value} value={value}>
                    {t(REASON_NAMES[value])}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t("report.details")} error={fieldErrors["text"]}>
            {(ids) => (
              <textarea
                {...ids}
                class="input"
                maxLength={1000}
                dir={text === "" ? undefined : "auto"}
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
          <FormError error={error} />
          <div class="form-actions">
            <button class="button button-signal" disabled={busy}>
              {t("watch.report")}
            </button>
            <button type="button" class="button" onClick={onClose}>
              {t("common.cancel")}
            </button>
          </div>
        </form>
      )}
    </dialog>
  );
}
