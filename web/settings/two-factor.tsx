import { useState } from "preact/hooks";
import { auth, type User } from "../auth-api.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { CopyField } from "../components/copy-field.tsx";
import { useSubmit } from "../use-submit.ts";
import { refreshSession } from "../session.ts";

interface Enrolment {
  totpURI: string;
  backupCodes: string[];
}

/** The second factor: codes of an authenticator app, switched on and off with the password. */
export function TwoFactor({ user }: { user: User }) {
  const [password, setPassword] = useState("");
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const begin = useSubmit(async () => {
    setEnrolment(await auth<Enrolment>("/two-factor/enable", { password }));
    setPassword("");
  });
  const end = useSubmit(async () => {
    await auth("/two-factor/disable", { password });
    setPassword("");
    await refreshSession();
  });
  const { submit, busy, error } = user.twoFactorEnabled ? end : begin;
  return (
    <section class="settings-group">
      <h2>Second factor</h2>
      {enrolment ? (
        <Enrol enrolment={enrolment} onDone={() => setEnrolment(null)} />
      ) : (
        <form class="form" onSubmit={submit}>
          <p>
            {user.twoFactorEnabled
              ? "On: signing in with the password also asks for a code of your authenticator app."
              : "Off: the password alone opens this account. An authenticator app can guard it with a second code."}
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
              {user.twoFactorEnabled ? "Turn off" : "Turn on"}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}

function Enrol({ enrolment, onDone }: { enrolment: Enrolment; onDone: () => void }) {
  const [code, setCode] = useState("");
  const secret = new URL(enrolment.totpURI).searchParams.get("secret") ?? "";
  const { submit, busy, error } = useSubmit(async () => {
    await auth("/two-factor/verify-totp", { code: code.replaceAll(" ", "") });
    await refreshSession();
    onDone();
  });
  return (
    <form class="form" onSubmit={submit}>
      <p>
        1. Add this account to your authenticator app:{" "}
        <a href={enrolment.totpURI}>open the app on this device</a>, or type the key.
      </p>
      <CopyField label="Key" value={secret} />
      <p>2. Write these backup codes down. Each opens the account once if you lose the app.</p>
      <ul class="codes" aria-label="Backup codes">
        {enrolment.backupCodes.map((backup) => (
          <li key={backup}>{backup}</li>
        ))}
      </ul>
      <TextField
        label="3. Code the app shows now"
        inputMode="numeric"
        autocomplete="one-time-code"
        required
        value={code}
        onInput={setCode}
      />
      <FormError error={error} />
      <div>
        <button type="submit" class="button button-signal" disabled={busy}>
          Finish
        </button>
      </div>
    </form>
  );
}
