import "./deleted-video.css";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { restoreVideo } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { Icon } from "../components/icon.tsx";
import { useSubmit } from "../use-submit.ts";
import { rich, t } from "../i18n/translate.ts";

/** The video that was deleted last, until another page is opened. */
const deleted = signal<Video | null>(null);

/** Call after a deletion: My videos, here or on the way, then offers to undo it. */
export function offerUndo(video: Video): void {
  // One that was still being uploaded has nothing to restore.
  deleted.value = video.state === "uploading" ? null : video;
}

/** Offers to undo the last deletion. It stays until it is used, closed or left, since a timer would be too short for some. */
export function DeletedVideo({ onRestored }: { onRestored: () => void }) {
  const video = deleted.value;
  const undo = useSubmit(async (id: string) => {
    await restoreVideo(id);
    deleted.value = null;
    onRestored();
  });
  useEffect(() => () => void (deleted.value = null), []);
  return (
    <div class="deleted-video" role="status">
      {video && (
        <div class="deleted-video-box">
          <p>
            {rich("bin.undoText", {
              name: video.title,
              title: (chunks) => <span dir="auto">{chunks}</span>,
              link: (chunks) => <a href="/studio/bin">{chunks}</a>,
            })}
          </p>
          <button
            type="button"
            class="button button-small"
            disabled={undo.busy}
            onClick={() => undo.run(video.id)}
          >
            {t("bin.undo")}
          </button>
          <button
            type="button"
            class="button-plain"
            aria-label={t("common.close")}
            onClick={() => (deleted.value = null)}
          >
            <Icon name="close" />
          </button>
          <FormError error={undo.error} />
        </div>
      )}
    </div>
  );
}
