import "./access-ways.css";
import type { Video } from "../../../workers/contract/videos.ts";
import { CopyField } from "../../components/copy-field.tsx";
import { ErrorState } from "../../components/states.tsx";
import { embedCode } from "../../embed-code.ts";
import { t } from "../../i18n/translate.ts";
import { useLoad } from "../../use-load.ts";
import { getVideoAccess } from "./access-api.ts";
import { InvitedAccounts } from "./invited-accounts.tsx";
import { LinkList } from "./link-list.tsx";
import { PasswordForm } from "./password-form.tsx";

/**
 * Who may watch a private video besides its creator. Each change is saved at once, because others may be waiting for
 * it.
 */
export function AccessWays({ video }: { video: Pick<Video, "id" | "visibility"> }) {
  const { id, visibility } = video;
  const loaded = useLoad((signal) => getVideoAccess(id, signal), [id]);
  const access = loaded.data;
  if (loaded.error) return <ErrorState error={loaded.error} onRetry={loaded.reload} heading="h2" />;
  if (!access) return <div role="status" aria-busy="true" aria-label={t("ways.loading")} />;
  const isAsked = access.password !== null || access.accounts.length > 0;
  return (
    <section class="ways" aria-labelledby="ways">
      <h2 class="section-title" id="ways">
        {t("ways.title")}
      </h2>
      <p class="soft">{t(visibility === "private" ? "ways.text" : "ways.notPrivate")}</p>
      {isAsked && (
        <div class="form">
          <CopyField label={t("ways.page")} value={`${location.origin}/watch/${id}`} />
          <CopyField label={t("ways.embed")} value={embedCode(id)} />
        </div>
      )}
      <PasswordForm id={id} setAt={access.password?.setAt ?? null} onChanged={loaded.reload} />
      <LinkList id={id} links={access.links} onChanged={loaded.reload} />
      <InvitedAccounts id={id} accounts={access.accounts} onChanged={loaded.reload} />
    </section>
  );
}
