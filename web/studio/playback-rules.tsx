import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { updateVideo } from "../api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { type RulesDraft, rulesDraftOf, rulesOf } from "./rules-draft.ts";

const WHERE: Record<RulesDraft["where"], string> = {
  everywhere: "In every country",
  only: "Only in these countries",
  except: "Everywhere but in these countries",
};
const EMBEDDING: Record<RulesDraft["embedding"], string> = {
  anywhere: "On every site",
  only: "Only on these sites, and here",
};

/** In which countries a film may be watched, and which sites may embed it. */
export function PlaybackRulesForm({
  video,
  onSaved,
}: {
  video: Video;
  onSaved: (video: Video) => void;
}) {
  const [draft, setDraft] = useState(() => rulesDraftOf(video.playbackRules));
  const [saved, setSaved] = useState(false);
  const set = (change: Partial<RulesDraft>) => {
    setSaved(false);
    setDraft({ ...draft, ...change });
  };
  const { submit, busy, error } = useSubmit(async () => {
    const after = await updateVideo(video.id, { playbackRules: rulesOf(draft) });
    onSaved(after);
    setDraft(rulesDraftOf(after.playbackRules));
    setSaved(true);
  });
  return (
    <section aria-labelledby="rules">
      <h2 class="section-title" id="rules">
        Where it plays
      </h2>
      <form class="form" onSubmit={submit}>
        <Choice
          label="Countries"
          options={WHERE}
          value={draft.where}
          onChange={(where) => set({ where })}
        />
        {draft.where !== "everywhere" && (
          <TextField
            label="Country codes"
            hint="Two letters each, as in DE, AT, CH. Viewers whose country is unknown cannot watch."
            required
            pattern=".*\S.*"
            value={draft.countries}
            onInput={(countries) => set({ countries })}
          />
        )}
        <Choice
          label="Embedding"
          options={EMBEDDING}
          value={draft.embedding}
          onChange={(embedding) => set({ embedding })}
        />
        {draft.embedding === "only" && (
          <TextField
            label="Sites"
            hint="Their addresses, as in https://shop.example. None: only this site."
            value={draft.origins}
            onInput={(origins) => set({ origins })}
          />
        )}
        <FormError error={error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={busy}>
            Save
          </button>
          <span role="status">{saved ? "Saved." : ""}</span>
        </div>
      </form>
    </section>
  );
}

function Choice<T extends string>(props: {
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
          onChange={(event) => props.onChange(event.currentTarget.value as T)}
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
