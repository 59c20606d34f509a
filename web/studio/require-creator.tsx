import type { ComponentChildren } from "preact";
import { RequireAccount } from "../components/require-account.tsx";
import { EmptyState } from "../components/states.tsx";
import { canCreate } from "../session.ts";

/** Shows its children to creators. Visitors are asked to sign in, viewers to request the creator role. */
export function RequireCreator({ children }: { children: ComponentChildren }) {
  return (
    <RequireAccount reason="Sign in to upload and manage videos.">
      {canCreate.value ? (
        children
      ) : (
        <div class="page">
          <EmptyState title="Your account can’t upload videos">
            Ask an administrator of this site for the creator role.
          </EmptyState>
        </div>
      )}
    </RequireAccount>
  );
}
