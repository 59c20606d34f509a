import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { useSubmit } from "../use-submit.ts";

/** Where the reset link leads: with `?token=`, or with `?error=` if it has expired or was used. */
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
      <AuthCard title="Password changed">
        <p>You’ve been signed out on all your devices.</p>
        <a class="button button-signal" href="/sign-in">
          Sign in
        </a>
      </AuthCard>
    );
  }
  if (!query["token"]) {
    return (
      <AuthCard title="Link expired">
        <p>A reset link can be used once and expires after one hour.</p>
        <a class="button button-signal" href="/forgot-password">
          Request a new link
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Choose a new password">
      <form class="form" onSubmit={submit}>
        <PasswordField
          label="New password"
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
          <span>Also revoke personal access tokens and the access of apps</span>
        </label>
        <FormError error={error} />
        <button type="submit" class="button button-signal button-wide" disabled={busy}>
          Change password
        </button>
      </form>
    </AuthCard>
  );
}
