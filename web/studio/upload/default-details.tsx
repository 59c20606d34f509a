import { useState } from "preact/hooks";
import { TextField } from "../../components/field.tsx";
import { SavedStatus } from "../../components/form-error.tsx";
import { t } from "../../i18n/translate.ts";
import { offeredLanguages } from "../../offered-places.ts";
import { LanguageField } from "../language-field.tsx";
import { CategoryField, VisibilityField } from "../video-fields.tsx";
import { PlaylistField } from "./playlist-field.tsx";
import { changeEntryOf, queue } from "./queue-state.ts";
import { loadDefaults, saveDefaults, type UploadDefaults } from "./upload-defaults.ts";

/**
 * The initial details of new files. Files in the queue keep their own details, unless the creator applies these to
 * them.
 */
export function DefaultDetails() {
  const [defaults, setDefaults] = useState(loadDefaults);
  const [isUsed, setUsed] = useState(false);
  const set = (change: Partial<UploadDefaults>) => {
    const changed = { ...defaults, ...change };
    setDefaults(changed);
    saveDefaults(changed);
    setUsed(false);
  };
  const drafts = queue.value.filter(({ entry }) => entry.publication === "draft");
  const useForAll = () => {
    const { playlistId, visibility, category, tags, language } = defaults;
    for (const { entry } of drafts)
      changeEntryOf(entry.key, {
        draft: { ...entry.draft, visibility, category, tags, language },
        playlistId,
      });
    setUsed(true);
  };
  return (
    <details class="upload-defaults">
      <summary>{t("upload.defaults")}</summary>
      <div class="form">
        <p class="field-hint">{t("upload.defaultsHint")}</p>
        <div class="form-row">
          <VisibilityField
            value={defaults.visibility}
            onChange={(visibility) => set({ visibility })}
          />
          <CategoryField value={defaults.category} onChange={(category) => set({ category })} />
          <LanguageField
            value={defaults.language}
            offered={offeredLanguages()}
            onChange={(language) => set({ language })}
          />
        </div>
        <div class="form-row">
          <TextField
            label={t("details.tags")}
            hint={t("details.tagsHint")}
            value={defaults.tags}
            onInput={(tags) => set({ tags })}
          />
          <PlaylistField
            value={defaults.playlistId}
            onChange={(playlistId) => set({ playlistId })}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={defaults.alwaysEncode}
            onChange={(event) => set({ alwaysEncode: event.currentTarget.checked })}
          />
          {t("upload.alwaysEncode")}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={defaults.encrypted}
            onChange={(event) => set({ encrypted: event.currentTarget.checked })}
          />
          {t("upload.encrypt")}
        </label>
        {drafts.length > 0 && (
          <div class="form-actions">
            <button type="button" class="button button-small" onClick={useForAll}>
              {t("upload.defaultsForAll", { count: drafts.length })}
            </button>
            <SavedStatus saved={isUsed} />
          </div>
        )}
      </div>
    </details>
  );
}
