import { useState } from "preact/hooks";
import type { AddedAudio } from "../../../workers/contract/versions.ts";
import { Field } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { LanguageField } from "../language-field.tsx";
import { sendFile } from "./send-file.ts";

interface Props {
  id: string;
  audio: AddedAudio | null;
  onAudio: (audio: AddedAudio | null) => void;
  /** Called if the file is on this device, so that the preview can play it. */
  onFile: (file: File | null) => void;
}

/** An audio track from a file: instead of all others, or in addition to them. */
export function AudioFields({ id, audio, onAudio, onFile }: Props) {
  const [ratio, setRatio] = useState(0);
  const upload = useSubmit(async (file: File) => {
    setRatio(0);
    const { signal } = new AbortController();
    const contentType = file.type || "application/octet-stream";
    const sent = await sendFile(id, file, { contentType, purpose: "audio" }, signal, setRatio);
    onFile(file);
    onAudio({ mode: "replace", language: null, ...audio, upload: sent });
  });
  return (
    <fieldset class="edit-watermark">
      <legend class="field-label">{t("edit.audio")}</legend>
      <Field label={t("edit.audioFile")} hint={t("edit.audioHint")}>
        {(ids) => (
          <input
            {...ids}
            type="file"
            accept="audio/*,video/*"
            disabled={upload.busy}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              event.currentTarget.value = "";
              if (file) upload.run(file);
            }}
          />
        )}
      </Field>
      {upload.busy && <ProgressBar label={t("edit.uploading")} ratio={ratio} />}
      <FormError error={upload.error} />
      {audio && (
        <>
          <label class="field">
            <span class="field-label">{t("edit.audioMode")}</span>
            <select
              class="input"
              value={audio.mode}
              onInput={(event) =>
                onAudio({ ...audio, mode: event.currentTarget.value === "add" ? "add" : "replace" })
              }
            >
              <option value="replace">{t("edit.audioReplace")}</option>
              <option value="add">{t("edit.audioAdd")}</option>
            </select>
          </label>
          <LanguageField
            value={audio.language ?? ""}
            onChange={(language) => onAudio({ ...audio, language: language || null })}
          />
          <div class="form-actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                onFile(null);
                onAudio(null);
              }}
            >
              {t("edit.noAudio")}
            </button>
          </div>
        </>
      )}
    </fieldset>
  );
}
