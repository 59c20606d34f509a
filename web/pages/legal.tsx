import "./legal.css";
import { useRoute } from "preact-iso";
import { LEGAL_PAGES, type LegalPage } from "../../workers/contract/setting-names.ts";
import { body, v1 } from "../api-call.ts";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";

const isLegalPage = (name: string | undefined): name is LegalPage =>
  LEGAL_PAGES.some((page) => page === name);

/** Imprint, privacy notice or terms: the text that an admin has written. */
export function Legal() {
  const { page } = useRoute().params;
  return isLegalPage(page) ? <LegalText key={page} page={page} /> : <NotFound />;
}

function LegalText({ page }: { page: LegalPage }) {
  usePageTitle(t(`legal.${page}`));
  const loaded = useLoad(() => body(v1.site[":page"].$get({ param: { page } })), [page]);
  if (loaded.error)
    return (
      <div class="page">
        <ErrorState error={loaded.error} onRetry={loaded.reload} />
      </div>
    );
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t(`legal.${page}`)}</h1>
      </header>
      <p class="legal-text" dir="auto" aria-busy={loaded.loading}>
        {loaded.data?.text ?? t("common.loading")}
      </p>
    </div>
  );
}
