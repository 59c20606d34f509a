import { useState } from "preact/hooks";
import { auth, type SessionAccount } from "../auth-api.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { useSubmit } from "../use-submit.ts";
import { Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";
import { TwoFactorSettings } from "./two-factor.tsx";
import { t } from "../i18n/translate.ts";

/** Password, passkeys, two-factor authentication and sessions. */
export function SecuritySection({ account }: { account: SessionAccount }) {
  return (
    <>
      <ChangePassword account={account} />
      <Passkeys />
      <TwoFactorSettings account={account} />
      <Sessions />
    </>
  );
}

function ChangePassword({ account }: { account: SessionAccount }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const { submit, reset, busy, done, error } = useSubmit(async () => {
    await auth("/change-password", {
      currentPassword: current,
      newPassword: next,
      revokeOtherSessions: true,
    });
    setCurrent("");
    setNext("");
  });
  return (
    <section class="settings-group">
      <h2>{t("auth.password")}</h2>
      <form class="form" onSubmit={submit} onInput={reset}>
        <TextField
          label={t("security.current")}
          type="password"
          autocomplete="current-password"
          required
          value={current}
          onInput={setCurrent}
        />
        <PasswordField
          label={t("auth.newPassword")}
          value={next}
          onInput={setNext}
          knownWords={[account.name, account.email]}
        />
        <FormError error={error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={busy}>
            {t("auth.changePassword")}
          </button>
          <span role="status">{done ? t("security.changed") : ""}</span>
        </div>
      </form>
    </section>
  );
}
