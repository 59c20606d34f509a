import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { account } from "../session.ts";
import { EmptyState } from "./states.tsx";

/** Shows its children to a signed-in account, and a link to sign in to everyone else. @param reason a sentence */
export function RequireAccount({
  reason,
  children,
}: {
  reason: string;
  children: ComponentChildren;
}) {
  const { url } = useLocation();
  if (account.value) return <>{children}</>;
  return (
    <div class="page" aria-busy={account.value === undefined}>
      {account.value === null && (
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
