import { useState } from "preact/hooks";
import { auth, type SessionAccount } from "../auth-api.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { CopyField } from "../components/copy-field.tsx";
import { useSubmit } from "../use-submit.ts";
import { refreshSession } from "../session.ts";

interface Enrollment {
  totpURI: string;
  backupCodes: string[];
}

/** Two-factor authentication with an authenticator app. Turning it on or off takes the password. */
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
      <h2>Two-factor authentication</h2>
      {enrollment ? (
        <EnrollmentForm enrollment={enrollment} onDone={() => setEnrollment(null)} />
      ) : (
        <form class="form" onSubmit={submit}>
          <p>
            {account.twoFactorEnabled
              ? "On. After your password, you enter a code from your authenticator app."
              : "Off. Turn it on to require a code from an authenticator app after your password."}
          </p>
          <TextField
            label="Password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={setPassword}
          />
          <FormError error={error} />
          <div>
            <button type="submit" class="button" disabled={busy}>
              {account.twoFactorEnabled ? "Turn off" : "Turn on"}
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
        1. Add this account to your authenticator app:{" "}
        <a href={enrollment.totpURI}>open it on this device</a>, or enter the setup key.
      </p>
      <CopyField label="Setup key" value={secret} />
      <p>2. Save these backup codes. Each one signs you in once if you lose access to the app.</p>
      <ul class="codes" aria-label="Backup codes">
        {enrollment.backupCodes.map((backup) => (
          <li key={backup}>{backup}</li>
        ))}
      </ul>
      <TextField
        label="3. Enter the code shown in the app"
        inputMode="numeric"
        autocomplete="one-time-code"
        required
        value={code}
        onInput={setCode}
      />
      <FormError error={error} />
      <div>
        <button type="submit" class="button button-signal" disabled={busy}>
          Verify and turn on
        </button>
      </div>
    </form>
  );
}
