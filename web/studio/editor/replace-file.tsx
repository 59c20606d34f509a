import { useRef, useState } from "preact/hooks";
import { Field } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { LeaveGuard } from "../../components/leave-guard.tsx";
import { judgeFile } from "../upload/judge-file.ts";
import { sendFile } from "./send-file.ts";

interface Props {
  id: string;
  disabled: boolean;
  /** Called when a version is being made from the file. */
  onReplaced: () => Promise<void>;
}

/** Uploads another file for a video, which keeps its address, views and links. */
export function ReplaceFile({ id, disabled, onReplaced }: Props) {
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string | undefined>();
  const [ratio, setRatio] = useState(0);
  const abort = useRef(new AbortController());
  const { run, busy, error, reset } = useSubmit(async () => {
    if (!file) return;
    abort.current = new AbortController();
    const verdict = await judgeFile(file, null, 0);
    if ("refusal" in verdict) return setRefusal(verdict.refusal);
    const { contentType } = verdict;
    await sendFile(id, file, { contentType, purpose: "source" }, abort.current.signal, setRatio);
    setFile(null);
    await onReplaced();
  });
  return (
    <section aria-labelledby="replace">
      <h2 class="section-title" id="replace">
        {t("edit.replace")}
      </h2>
      <LeaveGuard isActive={busy} text={t("leave.text")} />
      <Field label={t("edit.file")} hint={t("edit.replaceHint")} error={refusal}>
        {(ids) => (
          <input
            {...ids}
            type="file"
            disabled={busy || disabled}
            onChange={(event) => {
              reset();
              setRefusal(undefined);
              setRatio(0);
              setFile(event.currentTarget.files?.[0] ?? null);
            }}
          />
        )}
      </Field>
      {busy && <ProgressBar label={t("edit.uploading")} ratio={ratio} />}
      <FormError error={error} />
      <div class="form-actions">
        <button
          type="button"
          class="button"
          disabled={busy || disabled || file === null}
          onClick={() => run()}
        >
          {t("edit.replaceNow")}
        </button>
        <span role="status">{busy ? t("edit.uploading") : ""}</span>
      </div>
    </section>
  );
}
