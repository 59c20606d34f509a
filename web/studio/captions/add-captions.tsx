import { useState } from "preact/hooks";
import type { CaptionKind } from "../../../workers/contract/caption-kinds.ts";
import type { StoredCaptions } from "../../../workers/contract/captions.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { Field } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { LanguageField } from "../language-field.tsx";
import { putTrack, type TrackKey } from "./captions-api.ts";
import { CAPTION_KINDS, KIND_NAMES } from "./caption-name.ts";

const ACCEPTED = ".vtt,.srt,.sbv,.ttml,.dfxp,.xml,.ass,.ssa,text/vtt,application/ttml+xml";
const FORMAT_NAMES = {
  vtt: "WebVTT",
  srt: "SubRip",
  sbv: "SBV",
  ttml: "TTML",
  ass: "ASS",
} as const;

interface Props {
  video: Video;
  onAdded: () => void;
  onWrite: (track: TrackKey) => void;
}

/** Adds a track from a file, or starts an empty one. */
export function AddCaptions({ video, onAdded, onWrite }: Props) {
  const [language, setLanguage] = useState(video.language ?? "en");
  const [kind, setKind] = useState<CaptionKind>("subtitles");
  const [file, setFile] = useState<File | null>(null);
  const [added, setAdded] = useState<StoredCaptions | null>(null);
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    setAdded(null);
    if (!file) return;
    setAdded(await putTrack(video.id, { language, kind }, file));
    onAdded();
  });
  const isWatchable = video.state === "ready" || video.state === "playable";
  return (
    <form class="form" aria-label={t("captions.add")} onSubmit={submit}>
      <LanguageField
        isRequired
        value={language}
        error={fieldErrors["language"]}
        onChange={setLanguage}
      />
      <Field label={t("captions.kind")} hint={t("captions.kindHint")}>
        {(ids) => (
          <select
            class="input"
            {...ids}
            value={kind}
            onInput={(event) => setKind(event.currentTarget.value as CaptionKind)}
          >
            {CAPTION_KINDS.map((one) => (
              <option key={one} value={one}>
                {t(KIND_NAMES[one])}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label class="field">
        <span class="field-label">{t("captions.file")}</span>
        <input
          type="file"
          accept={ACCEPTED}
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
        <span class="field-hint">{t("captions.fileHint")}</span>
      </label>
      <FormError error={error} />
      {added !== null && <AddedTrack track={added} />}
      <div class="form-actions">
        <button type="submit" class="button" disabled={busy || !file}>
          {t("captions.add")}
        </button>
        {isWatchable && (
          <button type="button" class="button" onClick={() => onWrite({ language, kind })}>
            {t("captions.write")}
          </button>
        )}
      </div>
    </form>
  );
}

/** Reports what was read, and which captions of a file are damaged. */
function AddedTrack({ track }: { track: StoredCaptions }) {
  const { cues, format, encoding, dropped, faults } = track;
  return (
    <div class="notice" role="status">
      <p>
        {t("captions.added", {
          count: cues,
          format: FORMAT_NAMES[format],
          encoding: encoding.toUpperCase(),
        })}
      </p>
      {dropped > 0 && (
        <>
          <p>{t("captions.dropped", { count: dropped })}</p>
          <ul>
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
