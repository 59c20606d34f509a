import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** The target of the reset link: with `?token=`, or with `?error=` if it has expired or was used. */
export function ResetPassword() {
  const { query } = useLocation();
  const [password, setPassword] = useState("");
  const [revokesAccess, setRevokesAccess] = useState(true);
  const { submit, busy, done, error } = useSubmit(() =>
    auth(`/reset-password${revokesAccess ? "?revoke=access" : ""}`, {
      newPassword: password,
      token: query["token"],
    }),
  );
  if (done) {
    return (
      <AuthCard title={t("auth.passwordChanged")}>
        <p>{t("auth.signedOutEverywhere")}</p>
        <a class="button button-signal" href="/sign-in">
          {t("common.signIn")}
        </a>
      </AuthCard>
    );
  }
  if (!query["token"]) {
    return (
      <AuthCard title={t("auth.linkExpired")}>
        <p>{t("auth.resetExpired")}</p>
        <a class="button button-signal" href="/forgot-password">
          {t("auth.requestLink")}
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("auth.choosePassword")}>
      <form class="form" onSubmit={submit}>
        <PasswordField
          label={t("auth.newPassword")}
          value={password}
          onInput={setPassword}
          knownWords={[]}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={revokesAccess}
            onChange={(event) => setRevokesAccess(event.currentTarget.checked)}
          />
          <span>{t("auth.alsoRevoke")}</span>
        </label>
        <FormError error={error} />
        <button type="submit" class="button button-signal button-wide" disabled={busy}>
          {t("auth.changePassword")}
        </button>
      </form>
    </AuthCard>
  );
}
