import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { getSignInOptions } from "../api.ts";
import { auth, type SignInResult } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { ErrorState } from "../components/states.tsx";
import { useLoad } from "../use-load.ts";
import { finishSignIn } from "./finish-sign-in.ts";
import { nextPath } from "./next-path.ts";
import { ProviderButtons } from "./provider-buttons.tsx";
import { useSubmit } from "../use-submit.ts";
import { rich, t } from "../i18n/translate.ts";

/** Signing up with the methods that this deployment offers. If there is none, the page says so. */
export function SignUp() {
  const { query, url } = useLocation();
  const search = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  const options = useLoad(getSignInOptions, []);
  const [sentTo, setSentTo] = useState<string | null>(null);

  if (options.error) {
    return (
      <div class="page">
        <ErrorState error={options.error} onRetry={options.reload} />
      </div>
    );
  }
  if (sentTo !== null) {
    return (
      <AuthCard title={t("auth.checkEmail")}>
        <p>{t("auth.sentTo", { email: sentTo })}</p>
        <a class="button button-signal" href={`/sign-in${search}`}>
          {t("common.signIn")}
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={t("common.signUp")}
      footer={
        // Shown together with the form, because it would jump if it were shown earlier.
        options.data && (
          <p>
            {rich("auth.haveAccount", {
              link: (chunks) => <a href={`/sign-in${search}`}>{chunks}</a>,
            })}
          </p>
        )
      }
    >
      {options.data ? (
        <>
          {options.data.signUp ? (
            <SignUpForm onSent={setSentTo} />
          ) : (
            <p>{options.data.providers.length > 0 ? t("auth.noEmailSignUp") : t("auth.closed")}</p>
          )}
          <ProviderButtons providers={options.data.providers} next={nextPath(query)} />
        </>
      ) : (
        <div class="skeleton skeleton-line" aria-busy="true" />
      )}
    </AuthCard>
  );
}

/** @param onSent called with the address if it must be confirmed before the first sign-in */
function SignUpForm({ onSent }: { onSent: (email: string) => void }) {
  const { route, query } = useLocation();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    const result = await auth<SignInResult & { token: string | null }>("/sign-up/email", {
      name: name.trim(),
      email,
      password,
      callbackURL: "/verify-email",
    });
    // No session yet: the address must be confirmed first.
    if (result.token === null) onSent(email);
    else await finishSignIn(result, route, query["next"] ? nextPath(query) : "/welcome");
  });
  return (
    <form class="form" onSubmit={submit}>
      <TextField
        label={t("auth.name")}
        name="name"
        autocomplete="name"
        required
        maxLength={80}
        value={name}
        error={fieldErrors["name"]}
        onInput={setName}
      />
      <TextField
        label={t("auth.email")}
        type="email"
        name="email"
        autocomplete="username"
        required
        value={email}
        error={fieldErrors["email"]}
        onInput={setEmail}
      />
      <PasswordField
        label={t("auth.password")}
        value={password}
        onInput={setPassword}
        knownWords={[name, email]}
      />
      <FormError error={error} />
      <button type="submit" class="button button-signal button-wide" disabled={busy}>
        {t("common.signUp")}
      </button>
    </form>
  );
}
