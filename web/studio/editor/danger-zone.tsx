import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import { t } from "../../i18n/translate.ts";
import { DeleteVideoDialog } from "../delete-video-dialog.tsx";

/** Dangerous actions, separate from everything else. */
export function DangerZone({ video }: { video: Video }) {
  const { route } = useLocation();
  const [isAsking, setAsking] = useState(false);
  return (
    <section class="danger-zone" aria-labelledby="danger">
      <h2 id="danger">{t("danger.title")}</h2>
      <p>{t("danger.text")}</p>
      <div class="form-actions">
        <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
          {t("common.delete")}
        </button>
      </div>
      {isAsking && (
        <DeleteVideoDialog
          video={video}
          onCancel={() => setAsking(false)}
          onDeleted={() => route("/studio")}
        />
      )}
    </section>
  );
}
