import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { EmptyState } from "../components/states.tsx";
import { canCreate, user } from "../session.ts";

/** Shows its children to creators; asks a visitor to sign in, and tells a viewer what is missing. */
export function RequireCreator({ children }: { children: ComponentChildren }) {
  const { url } = useLocation();
  if (user.value === undefined) return <div class="page" aria-busy="true" />;
  if (user.value === null) {
    return (
      <div class="page">
        <EmptyState
          title="Sign in first"
          action={
            <a class="button button-signal" href={`/sign-in?next=${encodeURIComponent(url)}`}>
              Sign in
            </a>
          }
        >
          The studio belongs to an account.
        </EmptyState>
      </div>
    );
  }
  if (!canCreate.value) {
    return (
      <div class="page">
        <EmptyState title="This account can watch only">
          Ask an administrator of this site for the role of a creator, then upload your films here.
        </EmptyState>
      </div>
    );
  }
  return <>{children}</>;
}
