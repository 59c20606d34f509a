import "./deleted-videos.css";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { ApiError } from "../api-error.ts";
import { FormError } from "../components/form-error.tsx";
import { Icon } from "../components/icon.tsx";
import { useSubmit } from "../use-submit.ts";
import { editVideos } from "./own-videos-api.ts";
import { rich, t } from "../i18n/translate.ts";

/** The videos that were deleted last, until another page is opened. */
const deleted = signal<readonly Video[]>([]);

/** Call after a deletion: My videos, when shown next, then offers to undo it. */
export function offerUndo(videos: readonly Video[]): void {
  // A video that was still being uploaded cannot be restored.
  deleted.value = videos.filter(({ state }) => state !== "uploading");
}

/** Videos that cannot be restored stay in the list, with the reason of the first. */
async function restore(videos: readonly Video[], onRestored: () => void): Promise<void> {
  const results = await editVideos(
    videos.map(({ id }) => id),
    { kind: "restore" },
  );
  const refused = results.flatMap(({ id, error }) => (error ? [{ id, ...error }] : []));
  deleted.value = videos.filter(({ id }) => refused.some((one) => one.id === id));
  onRestored();
  const [first] = refused;
  if (first) throw new ApiError(409, first.code, first.detail);
}

/** Offers to undo the last deletion. It stays until it is used, closed or left, since a timer would be too short for some. */
export function DeletedVideos({ onRestored }: { onRestored: () => void }) {
  const videos = deleted.value;
  const [first] = videos;
  const undo = useSubmit((those: readonly Video[]) => restore(those, onRestored));
  useEffect(() => () => void (deleted.value = []), []);
  return (
    <div class="deleted-videos" role="status">
      {first && (
        <div class="deleted-videos-box">
          <p>{videos.length === 1 ? oneInBin(first) : manyInBin(videos.length)}</p>
          <button
            type="button"
            class="button button-small"
            disabled={undo.busy}
            onClick={() => undo.run(videos)}
          >
            {t("bin.undo")}
          </button>
          <button
            type="button"
            class="button-plain"
            aria-label={t("common.close")}
            onClick={() => (deleted.value = [])}
          >
            <Icon name="close" />
          </button>
          <FormError error={undo.error} />
        </div>
      )}
    </div>
  );
}

const oneInBin = (video: Video) =>
  rich("bin.undoText", {
    name: video.title,
    title: (chunks) => <span dir="auto">{chunks}</span>,
    link: (chunks) => <a href="/studio/bin">{chunks}</a>,
  });

const manyInBin = (count: number) =>
  rich("bin.undoMany", { count, link: (chunks) => <a href="/studio/bin">{chunks}</a> });
