import { useLocation } from "preact-iso";
import { unsubscribe } from "../api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";

/** The target of the link in a weekly mail. It asks for confirmation, because mail programs open links to check them. */
export function Unsubscribe() {
  const { query } = useLocation();
  const { run, busy, done, error } = useSubmit(() => unsubscribe(query["token"] ?? ""));
  if (done) {
    return (
      <AuthCard title={t("unsubscribe.done")}>
        <p role="status">{t("unsubscribe.doneText")}</p>
        <a class="button button-signal" href="/">
          {t("common.browse")}
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("unsubscribe.title")}>
      <p>{t("unsubscribe.text")}</p>
      <FormError error={error} />
      <button type="button" class="button button-signal" disabled={busy} onClick={() => run()}>
        {t("unsubscribe.submit")}
      </button>
    </AuthCard>
  );
}
