import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { ManagedAccount } from "../../workers/contract/account-admin.ts";
import { SUSPENSION_REASON_MAX } from "../../workers/contract/suspension-reason-max.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Field } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { deleteAccount, suspendAccount, unsuspendAccount } from "./accounts-api.ts";

interface Props {
  account: ManagedAccount;
  onChange: () => void;
}

/** Suspends an account, ends its suspension, or deletes it. */
export function AccountClosure({ account, onChange }: Props) {
  const { route } = useLocation();
  const { id, email, suspension } = account;
  const [reason, setReason] = useState("");
  const [asking, setAsking] = useState<"suspend" | "delete" | null>(null);
  const lifting = useSubmit(async () => {
    await unsuspendAccount(id);
    onChange();
  });
  return (
    <section class="admin-section" aria-labelledby="admin-closure">
      <h2 class="section-title" id="admin-closure">
        {t("admin.closure")}
      </h2>
      {suspension ? (
        <>
          <p class="soft">{t("admin.unsuspendText")}</p>
          <FormError error={lifting.error} />
          <div>
            <button
              type="button"
              class="button"
              disabled={lifting.busy}
              onClick={() => lifting.run()}
            >
              {t("admin.unsuspend")}
            </button>
          </div>
        </>
      ) : (
        <>
          <p class="soft">{t("admin.suspendText")}</p>
          <Field label={t("admin.suspendReason")} hint={t("admin.suspendReasonHint")}>
            {(ids) => (
              <textarea
                class="input"
                {...ids}
                maxLength={SUSPENSION_REASON_MAX}
                value={reason}
                onInput={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Field>
          <div>
            <button type="button" class="button button-danger" onClick={() => setAsking("suspend")}>
              {t("admin.suspend")}
            </button>
          </div>
        </>
      )}
      <p class="soft">{t("admin.deleteText")}</p>
      <div>
        <button type="button" class="button button-danger" onClick={() => setAsking("delete")}>
          {t("admin.delete")}
        </button>
      </div>
      {asking === "suspend" && (
        <ConfirmDialog
          title={t("admin.suspendTitle", { name: email })}
          action={t("admin.suspend")}
          onCancel={() => setAsking(null)}
          onConfirm={async () => {
            await suspendAccount(id, reason);
            setAsking(null);
            onChange();
          }}
        >
          <p>{t("admin.suspendText")}</p>
        </ConfirmDialog>
      )}
      {asking === "delete" && (
        <ConfirmDialog
          title={t("admin.deleteTitle", { name: email })}
          action={t("admin.delete")}
          onCancel={() => setAsking(null)}
          onConfirm={async () => {
            await deleteAccount(id);
            route("/admin/accounts");
          }}
        >
          <p>{t("admin.deleteText")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
