import { useState } from "preact/hooks";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { dismissAllLetters, resendAllLetters } from "./operate-api.ts";

interface Props {
  /** The newest message that is shown, since later ones are not affected. */
  newest: number;
  onChange: () => void;
}

/** The actions for all lost messages at once. */
export function AllMessages({ newest, onChange }: Props) {
  const [isDismissing, setDismissing] = useState(false);
  const [sent, setSent] = useState<{ resent: number; refused: number } | null>(null);
  const resending = useSubmit(async () => {
    setSent(await resendAllLetters(newest));
    onChange();
  });
  return (
    <>
      <div class="form-actions">
        <button
          type="button"
          class="button"
          disabled={resending.busy}
          onClick={() => resending.run()}
        >
          {t("operate.resendAll")}
        </button>
        <button type="button" class="button button-danger" onClick={() => setDismissing(true)}>
          {t("operate.dismissAll")}
        </button>
      </div>
      <FormError error={resending.error} />
      <p role="status">
        {sent && t("operate.resent", { count: sent.resent })}{" "}
        {sent && sent.refused > 0 && t("operate.refused", { count: sent.refused })}
      </p>
      {isDismissing && (
        <ConfirmDialog
          title={t("operate.dismissAllTitle")}
          action={t("operate.dismissAll")}
          onCancel={() => setDismissing(false)}
          onConfirm={async () => {
            await dismissAllLetters(newest);
            setDismissing(false);
            onChange();
          }}
        >
          <p>{t("operate.dismissAllText")}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
