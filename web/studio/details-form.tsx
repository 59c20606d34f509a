import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { updateVideo } from "../api.ts";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { draftOf, patchOf } from "./upload-draft.ts";
import { VideoFields } from "./video-fields.tsx";

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
  const isUntouched = video.state === "uploading" || video.state === "failed";
  const { submit, busy, done, error, fieldErrors, reset } = useSubmit(async () => {
    const transcoding = isUntouched ? { encrypted, alwaysEncode } : {};
    const patch = { ...patchOf(draft), downloadsEnabled: downloads, ...transcoding };
    onSaved(await updateVideo(video.id, patch));
  });
  return (
    <form class="form" aria-label="Details" onSubmit={submit} onInput={reset}>
      <h2 class="section-title">Details</h2>
      <VideoFields draft={draft} onChange={setDraft} errors={fieldErrors} />
      <label class="check">
        <input
          type="checkbox"
          checked={downloads}
          disabled={encrypted}
          onInput={(event) => setDownloads(event.currentTarget.checked)}
        />
        Allow viewers to download this video
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={encrypted}
          disabled={!isUntouched || downloads}
          onInput={(event) => setEncrypted(event.currentTarget.checked)}
        />
        Encrypt this video (can’t be changed once transcoding starts)
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={alwaysEncode}
          disabled={!isUntouched}
          onInput={(event) => setAlwaysEncode(event.currentTarget.checked)}
        />
        Always encode this video, even if the file could be published as it is (can’t be changed
        once transcoding starts)
      </label>
      <FormError error={error} />
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={busy}>
          Save
        </button>
        <SavedStatus saved={done} />
      </div>
    </form>
  );
}
