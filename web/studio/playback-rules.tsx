import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { updateVideo } from "../api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { type RulesDraft, rulesDraftOf, rulesOf } from "./rules-draft.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

const COUNTRY_RULES: Record<RulesDraft["countryRule"], PlainKey> = {
  all: "rules.all",
  allow: "rules.allow",
  deny: "rules.deny",
};
const EMBEDDING: Record<RulesDraft["embedding"], PlainKey> = {
  anywhere: "rules.anywhere",
  allow: "rules.theseSites",
};

interface Props {
  video: Video;
  onSaved: (video: Video) => void;
}

/** Sets in which countries a video can be watched, and which sites may embed it. */
export function PlaybackRulesForm({ video, onSaved }: Props) {
  const [draft, setDraft] = useState(() => rulesDraftOf(video.playbackRules ?? {}));
  const { submit, busy, done, error, fieldErrors, reset } = useSubmit(async () => {
    const updated = await updateVideo(video.id, { playbackRules: rulesOf(draft) });
    onSaved(updated);
    setDraft(rulesDraftOf(updated.playbackRules ?? {}));
  });
  const set = (change: Partial<RulesDraft>) => {
    reset();
    setDraft({ ...draft, ...change });
  };
  return (
    <section aria-labelledby="rules">
      <h2 class="section-title" id="rules">
        {t("rules.title")}
      </h2>
      <form class="form" onSubmit={submit}>
        <Select
          label={t("rules.countries")}
          options={COUNTRY_RULES}
          value={draft.countryRule}
          onChange={(countryRule) => set({ countryRule })}
        />
        {draft.countryRule !== "all" && (
          <TextField
            label={t("rules.codes")}
            hint={t("rules.codesHint")}
            required
            pattern=".*\S.*"
            value={draft.countries}
            error={fieldErrors["countries"]}
            onInput={(countries) => set({ countries })}
          />
        )}
        <Select
          label={t("rules.embedding")}
          options={EMBEDDING}
          value={draft.embedding}
          onChange={(embedding) => set({ embedding })}
        />
        {draft.embedding === "allow" && (
          <TextField
            label={t("rules.sites")}
            hint={t("rules.sitesHint")}
            value={draft.origins}
            error={fieldErrors["origins"]}
            onInput={(origins) => set({ origins })}
          />
        )}
        <FormError error={error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={busy}>
            {t("common.save")}
          </button>
          <SavedStatus saved={done} />
        </div>
      </form>
    </section>
  );
}

function Select<T extends string>(props: {
  label: string;
  options: Record<T, PlainKey>;
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <Field label={props.label}>
      {(ids) => (
        <select
          class="input"
          {...ids}
          value={props.value}
          onInput={(event) => props.onChange(event.currentTarget.value as T)}
        >
          {Object.entries<PlainKey>(props.options).map(([value, text]) => (
            <option key={value} value={value}>
              {t(text)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
