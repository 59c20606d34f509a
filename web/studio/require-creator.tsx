import type { ComponentChildren } from "preact";
import { RequireUser } from "../components/require-user.tsx";
import { EmptyState } from "../components/states.tsx";
import { canCreate } from "../session.ts";

/** Shows its children to creators; asks a visitor to sign in, and tells a viewer what is missing. */
export function RequireCreator({ children }: { children: ComponentChildren }) {
  return (
    <RequireUser reason="The studio belongs to an account.">
      {canCreate.value ? (
        children
      ) : (
        <div class="page">
          <EmptyState title="This account can watch only">
            Ask an administrator of this site for the role of a creator, then upload your films
            here.
          </EmptyState>
        </div>
      )}
    </RequireUser>
  );
}
