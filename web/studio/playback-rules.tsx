import { Field, TextField } from "../components/field.tsx";
import type { RulesDraft } from "./rules-draft.ts";
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
  draft: RulesDraft;
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<RulesDraft>) => void;
}

/** Edits in which countries a video can be watched, and which sites may embed it. */
export function RulesFields({ draft, errors, onChange }: Props) {
  return (
    <>
      <Select
        label={t("rules.countries")}
        options={COUNTRY_RULES}
        value={draft.countryRule}
        onChange={(countryRule) => onChange({ countryRule })}
      />
      {draft.countryRule !== "all" && (
        <TextField
          label={t("rules.codes")}
          hint={t("rules.codesHint")}
          aria-required="true"
          value={draft.countries}
          error={errors["countries"]}
          onInput={(countries) => onChange({ countries })}
        />
      )}
      <Select
        label={t("rules.embedding")}
        options={EMBEDDING}
        value={draft.embedding}
        onChange={(embedding) => onChange({ embedding })}
      />
      {draft.embedding === "allow" && (
        <TextField
          label={t("rules.sites")}
          hint={t("rules.sitesHint")}
          value={draft.origins}
          error={errors["origins"]}
          onInput={(origins) => onChange({ origins })}
        />
      )}
    </>
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
