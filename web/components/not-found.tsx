import { usePageTitle } from "./page-title.ts";
import { EmptyState } from "./states.tsx";
import { t } from "../i18n/translate.ts";

/** For every address without a page. */
export function NotFound() {
  usePageTitle(t("notFound.title"));
  return (
    <div class="page">
      <EmptyState
        title={t("notFound.title")}
        action={
          <a class="button button-signal" href="/">
            {t("notFound.home")}
          </a>
        }
      >
        {t("notFound.text")}
      </EmptyState>
    </div>
  );
}
