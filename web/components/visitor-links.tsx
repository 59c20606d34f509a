import { useLocation } from "preact-iso";
import { getSignInOptions } from "../api.ts";
import { useLoad } from "../use-load.ts";
import { t } from "../i18n/translate.ts";

/** The header's links without a session. Both appear at the same time, so that neither moves under the pointer. */
export function VisitorLinks() {
  const { url } = useLocation();
  const options = useLoad(getSignInOptions, []);
  if (options.loading) return null;
  return (
    <>
      <a class="header-link" href={`/sign-in?next=${encodeURIComponent(url)}`}>
        {t("common.signIn")}
      </a>
      {options.data?.signUp && (
        <a class="header-link header-join" href="/sign-up">
          {t("common.signUp")}
        </a>
      )}
    </>
  );
}
