import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { getSignInOptions } from "../api.ts";
import { ApiError, messageOf } from "../api-error.ts";
import { auth, type SignInResult } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { Icon } from "../components/icon.tsx";
import { passkeysSupported, signInWithPasskey } from "../passkeys.ts";
import { useLoad } from "../use-load.ts";
import { finishSignIn } from "./finish-sign-in.ts";
import { nextPath } from "./next-path.ts";
import { ProviderButtons } from "./provider-buttons.tsx";
import { useSubmit } from "../use-submit.ts";
import { rich, t } from "../i18n/translate.ts";

/**
 * Signing in with a password, a passkey or an identity provider. Also the login page of the OAuth server, whose query
 * stays in the address.
 */
export function SignIn() {
  const { route, query, url } = useLocation();
  const search = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const form = useSubmit(async () => {
    const result = await auth<SignInResult>("/sign-in/email", { email, password });
    if (result.twoFactorRedirect) route(`/two-factor${search}`);
    else await finishSignIn(result, route, nextPath(query));
  });
  const options = useLoad(getSignInOptions, []);
  const passkey = useSubmit(async () =>
    finishSignIn(await signInWithPasskey(), route, nextPath(query)),
  );
  // An identity provider or an expired link sent the browser back with an error code.
  const redirectError = query["error"]
    ? new ApiError(400, query["error"], messageOf(query["error"]))
    : null;
  return (
    <AuthCard
      title={t("common.signIn")}
      footer={
        <>
          {options.data?.signUp && (
            <p>
              {rich("auth.noAccount", {
                link: (chunks) => <a href={`/sign-up${search}`}>{chunks}</a>,
              })}
            </p>
          )}
          {options.data?.passwordReset && (
            <p>
              <a href="/forgot-password">{t("auth.forgot")}</a>
            </p>
          )}
        </>
      }
    >
      <form class="form" onSubmit={form.submit}>
        <TextField
          label={t("auth.email")}
          type="email"
          name="email"
          autocomplete="username webauthn"
          required
          value={email}
          onInput={setEmail}
        />
        <TextField
          label={t("auth.password")}
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={setPassword}
        />
        <FormError error={form.error ?? passkey.error ?? redirectError} />
        <button type="submit" class="button button-signal button-wide" disabled={form.busy}>
          {t("common.signIn")}
        </button>
      </form>
      {passkeysSupported && (
        <button
          type="button"
          class="button button-wide"
          disabled={passkey.busy}
          onClick={() => passkey.run()}
        >
          <Icon name="key" />
          {t("auth.passkey")}
        </button>
      )}
      {options.data && (
        <ProviderButtons providers={options.data.providers} next={nextPath(query)} />
      )}
    </AuthCard>
  );
}
