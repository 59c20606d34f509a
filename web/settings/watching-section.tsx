import { useState } from "preact/hooks";
import type { WatchSettings } from "../../workers/contract/library.ts";
import { changeWatchSettings, getWatchSettings } from "../api.ts";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { adoptSettings } from "../player/preferences/account-settings.ts";
import { forgetAllSearches } from "../recent-searches.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";
import { SiteLanguageChoice, TrackLanguageChoice } from "../components/language-choices.tsx";

/** The account's viewing settings, on all of its devices. */
export function WatchingSection() {
  const loaded = useLoad(getWatchSettings, []);
  if (loaded.error) return <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />;
  if (!loaded.data) return <p aria-busy="true">{t("common.loading")}</p>;
  return <WatchingForm settings={loaded.data} />;
}

function WatchingForm({ settings: saved }: { settings: WatchSettings }) {
  const [draft, setDraft] = useState(saved);
  const { submit, busy, done, error, reset } = useSubmit(async () => {
    const settings = await changeWatchSettings(draft);
    adoptSettings(settings);
    if (settings.siteLanguage !== saved.siteLanguage) location.reload();
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
        <SiteLanguageChoice
          label={t("watching.site")}
          hint={t("watching.siteHint")}
          none={t("watching.siteNone")}
          value={draft.siteLanguage}
          onChange={(siteLanguage) => change({ siteLanguage })}
        />
        <TrackLanguageChoice
          label={t("watching.audio")}
          none={t("watching.audioNone")}
          hint={t("watching.audioHint")}
          value={draft.audioLanguage}
          onChange={(audioLanguage) => change({ audioLanguage })}
        />
        <TrackLanguageChoice
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
        <fieldset class="checks">
          <legend class="field-label">{t("watching.privacy")}</legend>
          <Switch
            label={t("watching.pauseHistory")}
            checked={draft.historyPaused}
            onChange={(historyPaused) => change({ historyPaused })}
          />
          <Switch
            label={t("watching.countViews")}
            checked={draft.countsViews}
            onChange={(countsViews) => change({ countsViews })}
          />
          <div class="form-actions">
            <a class="button button-small" href="/history">
              {t("watching.seeHistory")}
            </a>
            <ForgetSearches />
          </div>
        </fieldset>
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

/** Only this browser knows its recent searches. */
function ForgetSearches() {
  const [isDone, setDone] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button button-small"
        onClick={() => {
          forgetAllSearches();
          setDone(true);
        }}
      >
        {t("watching.forgetSearches")}
      </button>
      <span role="status">{isDone ? t("watching.searchesForgotten") : ""}</span>
    </>
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
