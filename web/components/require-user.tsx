import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { user } from "../session.ts";
import { EmptyState } from "./states.tsx";

/** Shows its children to a signed-in account, and a link to sign in to everyone else. @param reason a sentence */
export function RequireUser({ reason, children }: { reason: string; children: ComponentChildren }) {
  const { url } = useLocation();
  if (user.value) return <>{children}</>;
  return (
    <div class="page" aria-busy={user.value === undefined}>
      {user.value === null && (
        <EmptyState
          title="Sign in to continue"
          action={
            <a class="button button-signal" href={`/sign-in?next=${encodeURIComponent(url)}`}>
              Sign in
            </a>
          }
        >
          {reason}
        </EmptyState>
      )}
    </div>
  );
}
