import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { AuthCard } from "../components/auth-card.tsx";
import { refreshSession, user } from "../session.ts";

/** Where the confirmation link leads, after the server has looked at its token: `?error=` when it was no good. */
export function VerifyEmail() {
  const { query } = useLocation();
  useEffect(() => void refreshSession(), []);
  if (query["error"]) {
    return (
      <AuthCard title="This link is used up">
        <p>Confirmation links work once, for an hour. Sign in to get another.</p>
        <a class="button button-signal" href="/sign-in">
          Sign in
        </a>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Address confirmed">
      <p>Your email address is confirmed. Welcome.</p>
      <a class="button button-signal" href={user.value ? "/" : "/sign-in"}>
        {user.value ? "To the programme" : "Sign in"}
      </a>
    </AuthCard>
  );
}
