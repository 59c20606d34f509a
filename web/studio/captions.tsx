import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { deleteCaptions, putCaptions } from "../api.ts";
import { TextField } from "../components/field.tsx";
import { languageName } from "../format.ts";
import { ApiError } from "../api-error.ts";

/** The caption tracks of a film: add WebVTT or SubRip files by language, remove them. */
export function Captions({ video, onChanged }: { video: Video; onChanged: () => void }) {
  const [language, setLanguage] = useState(video.language ?? "en");
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      onChanged();
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : "This did not work.");
    } finally {
      setBusy(false);
    }
  };
  const add = (event: Event) => {
    event.preventDefault();
    if (file) void attempt(async () => putCaptions(video.id, language.trim(), await file.text()));
  };
  return (
    <section aria-labelledby="captions">
      <h2 class="section-title" id="captions">
        Captions
      </h2>
      <ul class="lines">
        {video.captionLanguages.map((tag) => (
          <li key={tag} class="line">
            <span>{languageName(tag)}</span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={`Remove ${languageName(tag)} captions`}
              disabled={busy}
              onClick={() => void attempt(() => deleteCaptions(video.id, tag))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <form class="form" onSubmit={add}>
        <TextField
          label="Language"
          hint="As a language tag: en, de, pt-BR"
          required
          value={language}
          onInput={setLanguage}
        />
        <label class="field">
          <span class="field-label">Caption file</span>
          <input
            type="file"
            accept=".vtt,.srt,text/vtt"
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
          />
          <span class="field-hint">WebVTT or SubRip</span>
        </label>
        {problem && (
          <p class="notice notice-bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button" disabled={busy || !file}>
          Add captions
        </button>
      </form>
    </section>
  );
}
