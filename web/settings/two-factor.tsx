import { useState } from "preact/hooks";
import { auth, type SessionAccount } from "../auth-api.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { CopyField } from "../components/copy-field.tsx";
import { useSubmit } from "../use-submit.ts";
import { refreshSession } from "../session.ts";
import { rich, t } from "../i18n/translate.ts";

interface Enrollment {
  totpURI: string;
  backupCodes: string[];
}

/** Two-factor authentication with an authenticator app. Turning it on or off requires the password. */
export function TwoFactorSettings({ account }: { account: SessionAccount }) {
  const [password, setPassword] = useState("");
  const [enrollment, setEnrollment] = useState<Enrollment | null>(null);
  const enabling = useSubmit(async () => {
    setEnrollment(await auth<Enrollment>("/two-factor/enable", { password }));
    setPassword("");
  });
  const disabling = useSubmit(async () => {
    await auth("/two-factor/disable", { password });
    setPassword("");
    await refreshSession();
  });
  const { submit, busy, error } = account.twoFactorEnabled ? disabling : enabling;
  return (
    <section class="settings-group">
      <h2>{t("auth.twoFactor")}</h2>
      {enrollment ? (
        <EnrollmentForm enrollment={enrollment} onDone={() => setEnrollment(null)} />
      ) : (
        <form class="form" onSubmit={submit}>
          <p>{account.twoFactorEnabled ? t("security.twoFactorOn") : t("security.twoFactorOff")}</p>
          <TextField
            label={t("auth.password")}
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={setPassword}
          />
          <FormError error={error} />
          <div>
            <button type="submit" class="button" disabled={busy}>
              {account.twoFactorEnabled ? t("security.turnOff") : t("security.turnOn")}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}

function EnrollmentForm({ enrollment, onDone }: { enrollment: Enrollment; onDone: () => void }) {
  const [code, setCode] = useState("");
  const secret = new URL(enrollment.totpURI).searchParams.get("secret") ?? "";
  const { submit, busy, error } = useSubmit(async () => {
    await auth("/two-factor/verify-totp", { code: code.replaceAll(" ", "") });
    await refreshSession();
    onDone();
  });
  return (
    <form class="form" onSubmit={submit}>
      <p>
        {rich("security.step1", {
          link: (chunks) => <a href={enrollment.totpURI}>{chunks}</a>,
        })}
      </p>
      <CopyField label={t("security.setupKey")} value={secret} />
      <p>{t("security.step2")}</p>
      <ul class="codes" aria-label={t("security.backupCodes")}>
        {enrollment.backupCodes.map((backup) => (
          <li key={backup}>{backup}</li>
        ))}
      </ul>
      <TextField
        label={t("security.step3")}
        inputMode="numeric"
        autocomplete="one-time-code"
        required
        value={code}
        onInput={setCode}
      />
      <FormError error={error} />
      <div>
        <button type="submit" class="button button-signal" disabled={busy}>
          {t("security.verify")}
        </button>
      </div>
    </form>
  );
}
