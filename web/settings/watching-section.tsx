import { useState } from "preact/hooks";
import type { WatchSettings } from "../../workers/contract/library.ts";
import { changeWatchSettings, getWatchSettings } from "../api.ts";
import { Field } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { languageName } from "../format.ts";
import { adoptSettings } from "../player/account-settings.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** Languages to choose from; one that was set elsewhere is added. */
const LANGUAGES = "ar de en es fr hi it ja ko nl pl pt ru sv tr uk zh".split(" ");

/** How the account watches, on all its devices. */
export function WatchingSection() {
  const loaded = useLoad(getWatchSettings, []);
  if (loaded.error) return <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />;
  if (!loaded.data) return <p aria-busy="true">{t("common.loading")}</p>;
  return <WatchingForm settings={loaded.data} />;
}

function WatchingForm({ settings }: { settings: WatchSettings }) {
  const [draft, setDraft] = useState(settings);
  const { submit, busy, done, error, reset } = useSubmit(async () => {
    adoptSettings(await changeWatchSettings(draft));
  });
  function change(changed: Partial<WatchSettings>): void {
    setDraft({ ...draft, ...changed });
    reset();
  }
  return (
    <section aria-labelledby="watching">
      <h2 class="section-title" id="watching">
        {t("watching.title")}
      </h2>
      <form class="form" onSubmit={submit}>
        <LanguageField
          label={t("watching.audio")}
          none={t("watching.audioNone")}
          hint={t("watching.audioHint")}
          value={draft.audioLanguage}
          onChange={(audioLanguage) => change({ audioLanguage })}
        />
        <LanguageField
          label={t("watching.captions")}
          none={t("watching.captionsNone")}
          hint={t("watching.captionsHint")}
          value={draft.captionLanguage}
          onChange={(captionLanguage) => change({ captionLanguage })}
        />
        <Switch
          label={t("watching.playNext")}
          checked={draft.playNext}
          onChange={(playNext) => change({ playNext })}
        />
        <Switch
          label={t("watching.dataSaver")}
          checked={draft.dataSaver}
          onChange={(dataSaver) => change({ dataSaver })}
        />
        <Switch
          label={t("watching.pauseHistory")}
          checked={draft.historyPaused}
          onChange={(historyPaused) => change({ historyPaused })}
        />
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-signal" disabled={busy}>
            {t("common.save")}
          </button>
          <SavedStatus saved={done} />
        </div>
      </form>
    </section>
  );
}

interface LanguageFieldProps {
  label: string;
  hint: string;
  /** Name of the choice without a language. */
  none: string;
  value: string | null;
  onChange: (language: string | null) => void;
}

function LanguageField({ label, hint, none, value, onChange }: LanguageFieldProps) {
  const isKnown = value === null || LANGUAGES.includes(value);
  const all = isKnown ? LANGUAGES : [...LANGUAGES, value];
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <select
          {...ids}
          class="input"
          value={value ?? ""}
          onInput={(event) => onChange(event.currentTarget.value || null)}
        >
          <option value="">{none}</option>
          {all.map((tag) => (
            <option key={tag} value={tag}>
              {languageName(tag)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SwitchProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onInput={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
