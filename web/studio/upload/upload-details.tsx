import { FormError } from "../../components/form-error.tsx";
import { t } from "../../i18n/translate.ts";
import { VideoFields, VisibilityField } from "../video-fields.tsx";
import { PlaylistField } from "./playlist-field.tsx";
import { publish } from "./publish-upload.ts";
import { changeEntryOf, changeItem, type QueueItem } from "./queue-state.ts";
import { SourceInspectorPanel } from "./source-inspector-panel.tsx";
import type { VideoDraft } from "../upload-draft.ts";

/** The details of one file. Every change is kept as a draft of this file, until it is published. */
export function UploadDetails({ item }: { item: QueueItem }) {
  const { entry, source, fieldErrors, publishError } = item;
  const { key, name } = entry;
  const change = (draft: VideoDraft) => {
    changeEntryOf(key, { draft });
    if (publishError || fieldErrors["title"])
      changeItem(key, { publishError: null, fieldErrors: {} });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void publish(key);
  };
  return (
    <div class="upload-details">
      {source && <SourceInspectorPanel item={item} source={source} />}
      <form class="form" noValidate aria-label={t("upload.detailsOf", { name })} onSubmit={submit}>
        <VideoFields draft={entry.draft} errors={fieldErrors} onChange={change} />
        <VisibilityField
          value={entry.draft.visibility}
          error={fieldErrors["visibility"]}
          onChange={(visibility) => change({ ...entry.draft, visibility })}
        />
        <PlaylistField
          value={entry.playlistId}
          onChange={(playlistId) => changeEntryOf(key, { playlistId })}
        />
        <FormError error={publishError} />
        <div class="form-actions">
          <button type="submit" class="button button-signal">
            {t("upload.publish")}
          </button>
          <span class="field-hint">
            {entry.isUploaded ? t("upload.complete") : t("upload.changeLater")}
          </span>
        </div>
      </form>
    </div>
  );
}
