import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { updateVideo } from "../api.ts";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import { draftErrors, draftOf, patchOf } from "./upload-draft.ts";
import { VideoFields } from "./video-fields.tsx";
import { t } from "../i18n/translate.ts";

interface Props {
  video: Video;
  onSaved: (video: Video) => void;
}

/** Edits the details of a video, its downloads, its encryption and whether it is always encoded. */
export function DetailsForm({ video, onSaved }: Props) {
  const [draft, setDraft] = useState(() => draftOf(video));
  const [downloads, setDownloads] = useState(video.downloadsEnabled);
  const [encrypted, setEncrypted] = useState(video.encrypted);
  const [alwaysEncode, setAlwaysEncode] = useState(video.alwaysEncode);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const [isDirty, setDirty] = useState(false);
  const isUntouched = video.state === "uploading" || video.state === "failed";
  const { submit, busy, done, error, fieldErrors, reset } = useSubmit(async () => {
    const transcoding = isUntouched ? { encrypted, alwaysEncode } : {};
    const patch = { ...patchOf(draft), downloadsEnabled: downloads, ...transcoding };
    onSaved(await updateVideo(video.id, patch));
    setDirty(false);
  });
  const save = (event: Event) => {
    event.preventDefault();
    const errors = draftErrors(draft);
    setMissing(errors);
    if (Object.keys(errors).length === 0) submit(event);
  };
  const onInput = () => {
    setDirty(true);
    setMissing({});
    reset();
  };
  return (
    <form class="form" noValidate aria-label={t("details.title")} onSubmit={save} onInput={onInput}>
      <LeaveGuard isActive={isDirty} />
      <h2 class="section-title">{t("details.title")}</h2>
      <VideoFields draft={draft} onChange={setDraft} errors={{ ...fieldErrors, ...missing }} />
      <label class="check">
        <input
          type="checkbox"
          checked={downloads}
          disabled={encrypted}
          onInput={(event) => setDownloads(event.currentTarget.checked)}
        />
        {t("details.downloads")}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={encrypted}
          disabled={!isUntouched || downloads}
          onInput={(event) => setEncrypted(event.currentTarget.checked)}
        />
        {t("details.encrypt")}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={alwaysEncode}
          disabled={!isUntouched}
          onInput={(event) => setAlwaysEncode(event.currentTarget.checked)}
        />
        {t("details.alwaysEncode")}
      </label>
      <FormError error={error} />
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={busy}>
          {t("common.save")}
        </button>
        <SavedStatus saved={done} />
      </div>
    </form>
  );
}
