import { useState } from "preact/hooks";
import type { CaptionTracks } from "../../../workers/contract/captions.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { FormError } from "../../components/form-error.tsx";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { LanguageField } from "../language-field.tsx";
import { transcribeVideo, translateTrack } from "./captions-api.ts";
import { captionName } from "./caption-name.ts";

interface Props {
  video: Video;
  tracks: CaptionTracks;
  onChanged: () => void;
}

/** Generates captions from speech, or translates other captions, if the site can. */
export function AutomaticTracks({ video, tracks, onChanged }: Props) {
  const { engine, isTranscribing, canTranslate, items } = tracks;
  const transcribing = useSubmit(async () => {
    await transcribeVideo(video.id);
    onChanged();
  });
  const hasWritten = items.some(
    ({ language, kind, origin }) =>
      language === video.language && kind === "subtitles" && origin !== "automatic",
  );
  const isOffered = engine !== null && video.state === "ready" && !hasWritten;
  if (isTranscribing)
    return (
      <p class="notice" role="status">
        {t("captions.transcribing")}
      </p>
    );
  return (
    <>
      {isOffered && (
        <div class="form">
          <FormError error={transcribing.error} />
          <div class="form-actions">
            <button
              type="button"
              class="button"
              disabled={transcribing.busy}
              onClick={() => transcribing.run()}
            >
              {t("captions.transcribe")}
            </button>
          </div>
          <p class="field-hint">
            {t(engine === "runner" ? "captions.transcribeHint" : "captions.transcribeCloudHint")}
          </p>
        </div>
      )}
      {canTranslate && items.length > 0 && (
        <TranslateForm video={video} tracks={tracks} onChanged={onChanged} />
      )}
    </>
  );
}

function TranslateForm({ video, tracks: { items }, onChanged }: Props) {
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState("en");
  const { submit, busy, error } = useSubmit(async () => {
    const track = items[from];
    if (!track) return;
    await translateTrack(video.id, track, to);
    onChanged();
  });
  return (
    <form class="form" aria-label={t("captions.translate")} onSubmit={submit}>
      <label class="field">
        <span class="field-label">{t("captions.translateFrom")}</span>
        <select
          class="input"
          value={from}
          onInput={(event) => setFrom(Number(event.currentTarget.value))}
        >
          {items.map((track, index) => (
            <option key={`${track.language} ${track.kind}`} value={index}>
              {captionName(track)}
            </option>
          ))}
        </select>
      </label>
      <LanguageField isRequired value={to} onChange={setTo} />
      <FormError error={error} />
      <div class="form-actions">
        <button type="submit" class="button" disabled={busy}>
          {t("captions.translate")}
        </button>
      </div>
    </form>
  );
}
