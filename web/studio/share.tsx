import type { Video } from "../../workers/contract/videos.ts";
import { CopyField } from "../components/copy-field.tsx";
import { embedCode } from "../embed-code.ts";
import { t } from "../i18n/translate.ts";

/** A video's link and embed code. */
export function Share({ video }: { video: Video }) {
  const link = `${location.origin}/watch/${video.id}`;
  return (
    <section aria-labelledby="share">
      <h2 class="section-title" id="share">
        {t("link.title")}
      </h2>
      {video.visibility === "private" ? (
        <p class="soft">{t("link.private")}</p>
      ) : (
        <div class="form">
          <CopyField label={t("link.link")} value={link} />
          <CopyField label={t("link.embed")} value={embedCode(video.id)} />
        </div>
      )}
    </section>
  );
}
