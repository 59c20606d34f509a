import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth, type SignInResult } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { finishSignIn } from "./finish-sign-in.ts";
import { nextPath } from "./next-path.ts";
import { useSubmit } from "../use-submit.ts";

/** The second step of signing in: a code of the authenticator app, or a backup code. */
export function SecondFactor() {
  const { route, query } = useLocation();
  const [code, setCode] = useState("");
  const [backup, setBackup] = useState(false);
  const [trust, setTrust] = useState(false);
  const { submit, busy, error } = useSubmit(async () => {
    const path = backup ? "/two-factor/verify-backup-code" : "/two-factor/verify-totp";
    const answer = await auth<SignInResult>(path, {
      code: code.replaceAll(" ", ""),
      trustDevice: trust,
    });
    await finishSignIn(answer, route, nextPath(query));
  });
  return (
    <AuthCard
      title="One more step"
      after={
        <button type="button" class="link-button" onClick={() => setBackup(!backup)}>
          {backup ? "Use the authenticator app" : "Use a backup code"}
        </button>
      }
    >
      <form class="form" onSubmit={submit}>
        <TextField
          key={String(backup)}
          label={backup ? "Backup code" : "Code"}
          hint={
            backup
              ? "One of the codes you wrote down. Each works once."
              : "The six digits your authenticator app shows."
          }
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
          Do not ask on this device for 30 days
        </label>
        <FormError error={error} />
        <button type="submit" class="button button-signal button-wide" disabled={busy}>
          Sign in
        </button>
      </form>
    </AuthCard>
  );
}
