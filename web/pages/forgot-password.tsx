import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";

/** Requests a reset link. The answer is the same whether or not the address has an account. */
export function ForgotPassword() {
  const [email, setEmail] = useState("");
  const { submit, busy, done, error } = useSubmit(() =>
    auth("/request-password-reset", { email, redirectTo: "/reset-password" }),
  );
  return (
    <AuthCard title="Reset your password" footer={<a href="/sign-in">Back to sign in</a>}>
      {done ? (
        <p role="status">
          If {email} has an account, we’ve sent it a link to reset the password. The link works for
          one hour.
        </p>
      ) : (
        <form class="form" onSubmit={submit}>
          <TextField
            label="Email"
            type="email"
            autocomplete="username"
            required
            value={email}
            onInput={setEmail}
          />
          <FormError error={error} />
          <button type="submit" class="button button-signal button-wide" disabled={busy}>
            Send reset link
          </button>
        </form>
      )}
    </AuthCard>
  );
}
