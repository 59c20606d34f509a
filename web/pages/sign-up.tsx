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

/** A new account, by the ways that this deployment has open; where it has none, the page says so. */
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
      <AuthCard title="Check your mail">
        <p>We have sent a link to {sentTo}. Open it to confirm your address, then sign in.</p>
        <a class="button button-signal" href={`/sign-in${search}`}>
          Sign in
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title="Sign up"
      after={
        <p>
          Already have an account? <a href={`/sign-in${search}`}>Sign in</a>
        </p>
      }
    >
      {options.data ? (
        <>
          {options.data.signUp ? (
            <SignUpForm onSent={setSentTo} />
          ) : (
            <p>
              {options.data.providers.length > 0
                ? "New accounts are not opened by email here. Sign up with one of these instead."
                : "New accounts are not open here. Ask whoever runs this site."}
            </p>
          )}
          <ProviderButtons providers={options.data.providers} next={nextPath(query)} />
        </>
      ) : (
        <div class="skeleton skeleton-line" aria-busy="true" />
      )}
    </AuthCard>
  );
}

/** @param onSent told the address when the account opens only from its mailbox */
function SignUpForm({ onSent }: { onSent: (email: string) => void }) {
  const { route, query } = useLocation();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { submit, busy, error } = useSubmit(async () => {
    const answer = await auth<SignInResult & { token: string | null }>("/sign-up/email", {
      name: name.trim(),
      email,
      password,
      callbackURL: "/verify-email",
    });
    // No session yet: the address must be confirmed first.
    if (answer.token === null) onSent(email);
    else await finishSignIn(answer, route, nextPath(query));
  });
  return (
    <form class="form" onSubmit={submit}>
      <TextField
        label="Name"
        name="name"
        autocomplete="name"
        required
        maxLength={80}
        value={name}
        onInput={setName}
      />
      <TextField
        label="Email"
        type="email"
        name="email"
        autocomplete="username"
        required
        value={email}
        onInput={setEmail}
      />
      <PasswordField
        label="Password"
        value={password}
        onInput={setPassword}
        about={[name, email]}
      />
      <FormError error={error} />
      <button type="submit" class="button button-signal button-wide" disabled={busy}>
        Sign up
      </button>
    </form>
  );
}
