import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth, type SignInResult } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { finishSignIn } from "./finish-sign-in.ts";
import { nextPath } from "./next-path.ts";
import { t } from "../i18n/translate.ts";

/** The second step of signing in: a code from the authenticator app, or a backup code. */
export function TwoFactor() {
  const { route, query } = useLocation();
  const [code, setCode] = useState("");
  const [backup, setBackup] = useState(false);
  const [trust, setTrust] = useState(false);
  const { submit, busy, error } = useSubmit(async () => {
    const path = backup ? "/two-factor/verify-backup-code" : "/two-factor/verify-totp";
    const result = await auth<SignInResult>(path, {
      code: code.replaceAll(" ", ""),
      trustDevice: trust,
    });
    await finishSignIn(result, route, nextPath(query));
  });
  return (
    <AuthCard
      title={t("auth.twoFactor")}
      footer={
        <button type="button" class="link-button" onClick={() => setBackup(!backup)}>
          {backup ? t("auth.useApp") : t("auth.useBackup")}
        </button>
      }
    >
      <form class="form" onSubmit={submit}>
        <TextField
          key={String(backup)}
          label={backup ? t("auth.backupCode") : t("auth.verificationCode")}
          hint={backup ? t("auth.backupHint") : t("auth.codeHint")}
          inputMode={backup ? "text" : "numeric"}
          autocomplete="one-time-code"
          required
          value={code}
          onInput={setCode}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={trust}
            onChange={(event) => setTrust(event.currentTarget.checked)}
          />
          {t("auth.trust")}
        </label>
        <FormError error={error} />
        <button type="submit" class="button button-signal button-wide" disabled={busy}>
          {t("common.signIn")}
        </button>
      </form>
    </AuthCard>
  );
}
