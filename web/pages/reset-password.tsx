import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/**
 * The target of the reset link: with `?token=`, or with `?error=` if it has expired or was used. With `?invited=`, the
 * account is new: it has no password yet, and nothing to sign out or to revoke.
 */
export function ResetPassword() {
  const { query } = useLocation();
  const [password, setPassword] = useState("");
  const [revokesAccess, setRevokesAccess] = useState(true);
  const isInvited = query["invited"] !== undefined;
  const { submit, busy, done, error } = useSubmit(() =>
    auth(`/reset-password${revokesAccess && !isInvited ? "?revoke=access" : ""}`, {
      newPassword: password,
      token: query["token"],
    }),
  );
  if (done) {
    return (
      <AuthCard title={t(isInvited ? "auth.accountReady" : "auth.passwordChanged")}>
        <p>{t(isInvited ? "auth.accountReadyText" : "auth.signedOutEverywhere")}</p>
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
    <AuthCard title={t(isInvited ? "auth.welcome" : "auth.choosePassword")}>
      <form class="form" onSubmit={submit}>
        {isInvited && <p>{t("auth.welcomeText")}</p>}
        <PasswordField
          label={t(isInvited ? "auth.password" : "auth.newPassword")}
          value={password}
          onInput={setPassword}
          knownWords={[]}
        />
        {!isInvited && (
          <label class="check">
            <input
              type="checkbox"
              checked={revokesAccess}
              onChange={(event) => setRevokesAccess(event.currentTarget.checked)}
            />
            <span>{t("auth.alsoRevoke")}</span>
          </label>
        )}
        <FormError error={error} />
        <button type="submit" class="button button-signal button-wide" disabled={busy}>
          {t(isInvited ? "auth.savePassword" : "auth.changePassword")}
        </button>
      </form>
    </AuthCard>
  );
}
