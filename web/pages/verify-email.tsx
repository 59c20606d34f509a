import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { AuthCard } from "../components/auth-card.tsx";
import { account, refreshSession } from "../session.ts";

/** Where the confirmation link ends after the server has checked its token; `?error=` if the token was refused. */
export function VerifyEmail() {
  const { query } = useLocation();
  useEffect(() => void refreshSession(), []);
  if (query["error"]) {
    return (
      <AuthCard title="Link expired">
        <p>
          A confirmation link can be used once and expires after one hour. Sign in to get a new one.
        </p>
        <a class="button button-signal" href="/sign-in">
          Sign in
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Email confirmed">
      <p>Thanks for confirming your email address.</p>
      <a class="button button-signal" href={account.value ? "/" : "/sign-in"}>
        {account.value ? "Browse videos" : "Sign in"}
      </a>
    </AuthCard>
  );
}
