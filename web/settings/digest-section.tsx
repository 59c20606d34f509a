import { getDigest, setDigest } from "../api.ts";
import type { SessionAccount } from "../auth-api.ts";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { rich, t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";

/** The weekly mail with new videos, which is opt-in. */
export function DigestSection({ account }: { account: SessionAccount }) {
  const digest = useLoad(getDigest, [account.id]);
  const { run, busy, done, error } = useSubmit(async (enabled: boolean) =>
    digest.set(await setDigest(enabled)),
  );
  const { enabled = false, available = false } = digest.data ?? {};
  return (
    <section class="settings-group" aria-busy={digest.loading}>
      <h2>{t("digest.title")}</h2>
      <p>{rich("digest.text", { link: (words) => <a href="/following">{words}</a> })}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={enabled}
          disabled={!digest.data || busy || (!available && !enabled)}
          onChange={(event) => run(event.currentTarget.checked)}
        />
        {t("digest.switch")}
      </label>
      {digest.data && !available && (
        <p class="soft">{account.emailVerified ? t("digest.noMail") : t("digest.confirm")}</p>
      )}
      <FormError error={error ?? digest.error ?? null} />
      <SavedStatus saved={done} />
    </section>
  );
}
