import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { useSubmit } from "../use-submit.ts";

/** Where the reset link leads: `?token=`, or `?error=` once it is used up. */
export function ResetPassword() {
  const { query } = useLocation();
  const [password, setPassword] = useState("");
  const { submit, busy, done, error } = useSubmit(() =>
    auth("/reset-password", { newPassword: password, token: query["token"] }),
  );
  if (done) {
    return (
      <AuthCard title="Password changed">
        <p>Every other device was signed out.</p>
        <a class="button button-signal" href="/sign-in">
          Sign in
        </a>
      </AuthCard>
    );
  }
  if (!query["token"]) {
    return (
      <AuthCard title="This link is used up">
        <p>Reset links work once, for an hour.</p>
        <a class="button button-signal" href="/forgot-password">
          Ask for another
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="New password">
      <form class="form" onSubmit={submit}>
        <PasswordField label="New password" value={password} onInput={setPassword} about={[]} />
        <FormError error={error} />
        <button type="submit" class="button button-signal button-wide" disabled={busy}>
          Change password
        </button>
      </form>
    </AuthCard>
  );
}
