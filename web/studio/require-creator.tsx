import type { ComponentChildren } from "preact";
import { RequireAccount } from "../components/require-account.tsx";
import { EmptyState } from "../components/states.tsx";
import { canCreate } from "../session.ts";
import { t } from "../i18n/translate.ts";

/** Shows its children to creators. Visitors are asked to sign in, viewers to request the creator role. */
export function RequireCreator({ children }: { children: ComponentChildren }) {
  return (
    <RequireAccount reason={t("studio.reason")}>
      {canCreate.value ? (
        children
      ) : (
        <div class="page">
          <EmptyState title={t("studio.noCreator")}>{t("studio.noCreatorText")}</EmptyState>
        </div>
      )}
    </RequireAccount>
  );
}
