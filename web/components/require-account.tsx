import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { account } from "../session.ts";
import { EmptyState } from "./states.tsx";
import { t } from "../i18n/translate.ts";

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
          title={t("common.signInToContinue")}
          action={
            <a class="button button-signal" href={`/sign-in?next=${encodeURIComponent(url)}`}>
              {t("common.signIn")}
            </a>
          }
        >
          {reason}
        </EmptyState>
      )}
    </div>
  );
}
