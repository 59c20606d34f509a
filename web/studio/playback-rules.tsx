import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { updateVideo } from "../api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { type RulesDraft, rulesDraftOf, rulesOf } from "./rules-draft.ts";

const COUNTRY_RULES: Record<RulesDraft["countryRule"], string> = {
  all: "All countries",
  allow: "Only these countries",
  deny: "All except these countries",
};
const EMBEDDING: Record<RulesDraft["embedding"], string> = {
  anywhere: "Any site",
  allow: "Only these sites",
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
        Playback restrictions
      </h2>
      <form class="form" onSubmit={submit}>
        <Select
          label="Countries"
          options={COUNTRY_RULES}
          value={draft.countryRule}
          onChange={(countryRule) => set({ countryRule })}
        />
        {draft.countryRule !== "all" && (
          <TextField
            label="Country codes"
            hint="Two letters each, such as DE, AT, CH. Viewers whose country is unknown can’t watch."
            required
            pattern=".*\S.*"
            value={draft.countries}
            error={fieldErrors["countries"]}
            onInput={(countries) => set({ countries })}
          />
        )}
        <Select
          label="Embedding"
          options={EMBEDDING}
          value={draft.embedding}
          onChange={(embedding) => set({ embedding })}
        />
        {draft.embedding === "allow" && (
          <TextField
            label="Sites"
            hint="For example https://shop.example. Leave empty to allow embedding on this site only."
            value={draft.origins}
            error={fieldErrors["origins"]}
            onInput={(origins) => set({ origins })}
          />
        )}
        <FormError error={error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={busy}>
            Save
          </button>
          <SavedStatus saved={done} />
        </div>
      </form>
    </section>
  );
}

function Select<T extends string>(props: {
  label: string;
  options: Record<T, string>;
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
          {Object.entries<string>(props.options).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
