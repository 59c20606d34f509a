import { useState } from "preact/hooks";
import type { CaptionTrack } from "../../workers/contract/captions.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { deleteCaptions, putCaptions } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { languageName } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { LanguageField } from "./language-field.tsx";
import { t } from "../i18n/translate.ts";

/** Says which captions of an uploaded file are damaged. */
function DroppedCues({ track }: { track: CaptionTrack }) {
  const { dropped, faults } = track;
  return (
    <div class="notice" role="status">
      <p>{t("captions.dropped", { count: dropped })}</p>
      <ul>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </div>
  );
}

/** Lists a video's caption tracks, adds WebVTT and SubRip files, and removes tracks. */
export function Captions({ video, onChanged }: { video: Video; onChanged: () => void }) {
  const [language, setLanguage] = useState(video.language ?? "en");
  const [file, setFile] = useState<File | null>(null);
  const [added, setAdded] = useState<CaptionTrack | null>(null);
  const { run, busy, error, fieldErrors } = useSubmit(async (change: () => Promise<void>) => {
    setAdded(null);
    await change();
    onChanged();
  });
  const add = (event: Event) => {
    event.preventDefault();
    if (file) run(async () => setAdded(await putCaptions(video.id, language, file)));
  };
  return (
    <section aria-labelledby="captions">
      <h2 class="section-title" id="captions">
        {t("captions.title")}
      </h2>
      <ul class="lines">
        {video.captionLanguages.map((tag) => (
          <li key={tag} class="line">
            <span>{languageName(tag)}</span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={t("captions.removeLanguage", { language: languageName(tag) })}
              disabled={busy}
              onClick={() => run(() => deleteCaptions(video.id, tag))}
            >
              {t("common.remove")}
            </button>
          </li>
        ))}
      </ul>
      <form class="form" onSubmit={add}>
        <LanguageField
          isRequired
          value={language}
          error={fieldErrors["language"]}
          onChange={setLanguage}
        />
        <label class="field">
          <span class="field-label">{t("captions.file")}</span>
          <input
            type="file"
            accept=".vtt,.srt,text/vtt"
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
          />
          <span class="field-hint">{t("captions.fileHint")}</span>
        </label>
        <FormError error={error} />
        {added !== null && added.dropped > 0 && <DroppedCues track={added} />}
        <div class="form-actions">
          <button type="submit" class="button" disabled={busy || !file}>
            {t("captions.add")}
          </button>
        </div>
      </form>
    </section>
  );
}
