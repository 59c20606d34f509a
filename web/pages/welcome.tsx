import "./collection.css";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { usePageTitle } from "../components/page-title.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { useFittingWords } from "../components/fitting-words.ts";
import { t } from "../i18n/translate.ts";
import { account, canCreate } from "../session.ts";

/** The page for new accounts: one next step. */
export function Welcome() {
  usePageTitle(t("welcome.title"));
  return (
    <RequireAccount reason={t("welcome.reason")}>
      <WelcomeCover />
    </RequireAccount>
  );
}

function WelcomeCover() {
  const name = account.value?.name ?? "";
  const title = isBlank(name) ? t("welcome.title") : t("welcome.named", { name });
  const heading = useFittingWords(title);
  const [text, href, step] = canCreate.value
    ? [t("welcome.creator"), "/upload", t("welcome.upload")]
    : [t("welcome.viewer"), "/", t("welcome.watch")];
  return (
    <div class="cover welcome">
      <h1 class="cover-title" dir="auto" ref={heading}>
        {title}
      </h1>
      <p class="welcome-text">{text}</p>
      <p>
        <a class="button button-dark" href={href}>
          {step}
        </a>
      </p>
    </div>
  );
}
