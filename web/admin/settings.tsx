import { useState } from "preact/hooks";
import { SETTING_NAMES, type SettingName } from "../../workers/contract/setting-names.ts";
import type {
  EditedSettings,
  SettingsState,
  SettingsVersion,
  SiteSettings,
} from "../../workers/contract/site-settings.ts";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { LeaveGuard } from "../components/leave-guard.tsx";
import { ErrorState } from "../components/states.tsx";
import { listOf, momentOf } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { loadSite } from "../load-site.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { SettingInput } from "./setting-input.tsx";
import { getSettings, listSettingsVersions, putSettings } from "./settings-api.ts";
import { SETTING_GROUPS } from "./settings-fields.ts";

/** The settings that admins may change while the site runs. */
export function Settings() {
  const loaded = useLoad(getSettings, []);
  const { data, error, reload, set } = loaded;
  if (error) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  if (!data)
    return (
      <p role="status" aria-busy="true">
        {t("admin.asking")}
      </p>
    );
  return (
    <>
      <SettingsForm key={data.version} state={data} onChange={set} />
      <Versions key={`versions ${data.version}`} state={data} onChange={set} />
    </>
  );
}

interface Props {
  state: SettingsState;
  onChange: (state: SettingsState) => void;
}

/** The changes of a draft: values that equal the deployment's are no longer overridden. */
function changeOf({ values, defaults }: SettingsState, draft: SiteSettings) {
  const isAs = (other: SiteSettings) => (name: SettingName) =>
    JSON.stringify(draft[name]) === JSON.stringify(other[name]);
  const changed = SETTING_NAMES.filter((name) => !isAs(values)(name));
  const reset = changed.filter(isAs(defaults));
  const edited = changed.filter((name) => !isAs(defaults)(name));
  return {
    reset,
    values: Object.fromEntries(edited.map((name) => [name, draft[name]])) as EditedSettings,
  };
}

function SettingsForm({ state, onChange }: Props) {
  const [draft, setDraft] = useState(state.values);
  const saving = useSubmit(async () => {
    const changed = await putSettings({ version: state.version, ...changeOf(state, draft) });
    await loadSite(true);
    onChange(changed);
  });
  const change = (changed: Partial<SiteSettings>) => {
    setDraft({ ...draft, ...changed });
    saving.reset();
  };
  const { reset, values } = changeOf(state, draft);
  const isDirty = reset.length > 0 || Object.keys(values).length > 0;
  return (
    <form class="admin-settings" onSubmit={saving.submit}>
      <LeaveGuard isActive={isDirty} text={t("setting.leaveText")} />
      <p class="soft">{t("setting.text")}</p>
      {SETTING_GROUPS.map(({ title, fields }) => (
        <fieldset class="admin-section" key={title}>
          <legend class="section-title">{t(title)}</legend>
          {fields.map((field) => (
            <SettingInput
              key={field.name}
              field={field}
              draft={draft}
              error={saving.fieldErrors[field.name]}
              onChange={change}
            />
          ))}
        </fieldset>
      ))}
      <FormError error={saving.error} />
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={saving.busy}>
          {t("setting.save")}
        </button>
        <SavedStatus saved={saving.done} />
      </div>
    </form>
  );
}

function Versions({ state, onChange }: Props) {
  const list = useLoad(listSettingsVersions, []);
  const restoring = useSubmit(async (version: SettingsVersion) => {
    const reset = SETTING_NAMES.filter((name) => version.values[name] === undefined);
    const changed = await putSettings({ version: state.version, values: version.values, reset });
    await loadSite(true);
    onChange(changed);
  });
  const { data, error } = list;
  return (
    <section class="admin-section" aria-labelledby="settings-versions" aria-busy={list.loading}>
      <h2 class="section-title" id="settings-versions">
        {t("setting.versions")}
      </h2>
      <FormError error={error ?? restoring.error ?? null} />
      {data?.length === 0 && <p class="soft">{t("setting.noVersions")}</p>}
      <ul class="lines">
        {data?.map((version) => (
          <li class="line" key={version.version}>
            <span class="admin-session">
              <strong>{t("setting.version", { number: version.version })}</strong>{" "}
              <span class="soft" dir="auto">
                {momentOf(version.changedAt)}
                {version.changedBy && `, ${version.changedBy}`}
              </span>
              <br />
              <span class="soft">
                {listOf(
                  SETTING_NAMES.filter((name) => version.values[name] !== undefined).map((name) =>
                    t(`setting.${name}`),
                  ),
                ) || t("setting.asDeployed")}
              </span>
            </span>
            {version.version !== state.version && (
              <button
                type="button"
                class="button button-small"
                aria-label={t("setting.restoreName", { number: version.version })}
                disabled={restoring.busy}
                onClick={() => restoring.run(version)}
              >
                {t("setting.restore")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
