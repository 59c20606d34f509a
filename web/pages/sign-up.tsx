import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { PasswordField } from "../components/password-field.tsx";
import { goOn, type SignInAnswer } from "./after-sign-in.ts";
import { nextPath } from "./next-path.ts";
import { useSubmit } from "../use-submit.ts";

/** A new account; where the deployment wants the email confirmed first, the page says so. */
export function SignUp() {
  const { route, query, url } = useLocation();
  const search = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState(false);
  const { submit, busy, error } = useSubmit(async () => {
    const answer = await auth<SignInAnswer & { token: string | null }>("/sign-up/email", {
      name: name.trim(),
      email,
      password,
      callbackURL: "/verify-email",
    });
    // No session yet: the address must be confirmed first.
    if (answer.token === null) setSent(true);
    else await goOn(answer, route, nextPath(query));
  });

  if (sent) {
    return (
      <AuthCard title="Check your mail">
        <p>We have sent a link to {email}. Open it to confirm your address, then sign in.</p>
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
    </AuthCard>
  );
}
