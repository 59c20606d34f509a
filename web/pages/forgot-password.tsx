import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** Requests a reset link. The answer is the same whether or not the address has an account. */
export function ForgotPassword() {
  const [email, setEmail] = useState("");
  const { submit, busy, done, error } = useSubmit(() =>
    auth("/request-password-reset", { email, redirectTo: "/reset-password" }),
  );
  return (
    <AuthCard title={t("auth.reset")} footer={<a href="/sign-in">{t("auth.backToSignIn")}</a>}>
      {done ? (
        <p role="status">{t("auth.resetSent", { email })}</p>
      ) : (
        <form class="form" onSubmit={submit}>
          <TextField
            label={t("auth.email")}
            type="email"
            autocomplete="username"
            required
            value={email}
            onInput={setEmail}
          />
          <FormError error={error} />
          <button type="submit" class="button button-signal button-wide" disabled={busy}>
            {t("auth.sendReset")}
          </button>
        </form>
      )}
    </AuthCard>
  );
}
