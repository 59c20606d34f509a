import { useMemo } from "preact/hooks";
import { Field } from "../components/field.tsx";
import { t } from "../i18n/translate.ts";
import { type LanguageChoice, likelyLanguages, offeredChoices } from "./language-list.ts";

const NONE: readonly string[] = [];

interface Props {
  /** BCP 47; empty when none is set. */
  value: string;
  onChange: (language: string) => void;
  error?: string | undefined;
  /** Whether one has to be chosen. */
  isRequired?: boolean;
  /** BCP 47; empty for every language. */
  offered?: readonly string[];
}

/** Chooses a language by its name. Typing its first letters finds it. */
export function LanguageField({
  value,
  onChange,
  error,
  isRequired = false,
  offered = NONE,
}: Props) {
  const choices = useMemo(() => offeredChoices(value, offered), [value, offered]);
  // The languages of the first rendering, so that the list does not change while it is used.
  const likely = useMemo(() => likelyLanguages(value, choices), []);
  return (
    <Field label={t("details.language")} error={error}>
      {(ids) => (
        <select
          class="input"
          {...ids}
          value={value}
          required={isRequired}
          onInput={(event) => onChange(event.currentTarget.value)}
        >
          {!isRequired && <option value="">{t("details.notSet")}</option>}
          <optgroup label={t("language.likely")}>
            <Options choices={likely} />
          </optgroup>
          <optgroup label={t("language.all")}>
            <Options
              choices={choices.filter((choice) => !likely.some(({ tag }) => tag === choice.tag))}
            />
          </optgroup>
        </select>
      )}
    </Field>
  );
}

function Options({ choices }: { choices: readonly LanguageChoice[] }) {
  return (
    <>
      {choices.map(({ tag, name }) => (
        <option key={tag} value={tag}>
          {name}
        </option>
      ))}
    </>
  );
}
