import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { AuthCard } from "../components/auth-card.tsx";
import { account, refreshSession } from "../session.ts";
import { t } from "../i18n/translate.ts";

/** The page after the confirmation link, whose token the server has checked; `?error=` if the token was refused. */
export function VerifyEmail() {
  const { query } = useLocation();
  useEffect(() => void refreshSession(), []);
  if (query["error"]) {
    return (
      <AuthCard title={t("auth.linkExpired")}>
        <p>{t("auth.confirmExpired")}</p>
        <a class="button button-signal" href="/sign-in">
          {t("common.signIn")}
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("auth.confirmed")}>
      <p>{t("auth.thanks")}</p>
      <a class="button button-signal" href={account.value ? "/" : "/sign-in?next=/welcome"}>
        {account.value ? t("common.browse") : t("common.signIn")}
      </a>
    </AuthCard>
  );
}
