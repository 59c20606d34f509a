import { t } from "../i18n/translate.ts";
import { isOffline } from "../offline.ts";

/** Says that there is no network while that is the case. */
export function OfflineNotice() {
  return (
    <div role="status">
      {isOffline.value && <p class="notice offline-notice">{t("app.offline")}</p>}
    </div>
  );
}
