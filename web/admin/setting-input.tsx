import type { SiteSettings } from "../../workers/contract/site-settings.ts";
import { useId, useState } from "preact/hooks";
import { Field, TextField } from "../components/field.tsx";
import { t } from "../i18n/translate.ts";
import { CategoriesInput } from "./categories-input.tsx";
import { LogoInput } from "./logo-input.tsx";
import type { SettingField } from "./settings-fields.ts";
import { SizeInput } from "./size-input.tsx";

/** The stylesheet's colour, as the initial value of the colour input. */
const OWN_COLOUR = "#ff4f1f";

interface Props {
  field: SettingField;
  draft: SiteSettings;
  error: string | undefined;
  onChange: (change: Partial<SiteSettings>) => void;
}

/** One setting with its name and, if needed, a description. */
export function SettingInput({ field, draft, error, onChange }: Props) {
  const { name } = field;
  const label = t(`setting.${name}`);
  const set = (value: SiteSettings[typeof name]) =>
    onChange({ [name]: value } as Partial<SiteSettings>);
  switch (field.kind) {
    case "line":
      return (
        <TextField
          label={label}
          required
          maxLength={field.maxLength}
          value={draft[field.name]}
          error={error}
          onInput={set}
        />
      );
    case "lines":
      return (
        <Field label={label} hint={field.hint && t(field.hint)} error={error}>
          {(ids) => (
            <textarea
              class="input"
              {...ids}
              maxLength={field.maxLength}
              value={draft[field.name]}
              onInput={(event) => set(event.currentTarget.value)}
            />
          )}
        </Field>
      );
    case "number":
      return (
        <NumberInput
          label={label}
          value={draft[field.name]}
          hint={field.hint && t(field.hint)}
          error={error}
          onChange={set}
        />
      );
    case "size":
      return (
        <SizeInput
          label={label}
          required
          value={draft[field.name]}
          error={error}
          onChange={(bytes) => bytes !== null && set(bytes)}
        />
      );
    case "check":
      return (
        <CheckInput
          label={label}
          hint={field.hint && t(field.hint)}
          checked={draft[field.name]}
          onChange={set}
        />
      );
    case "choice":
      return (
        <Field label={label} hint={field.hint && t(field.hint)} error={error}>
          {(ids) => (
            <select
              class="input"
              {...ids}
              value={draft[field.name]}
              onInput={(event) => set(event.currentTarget.value as SiteSettings[typeof name])}
            >
              {Object.entries(field.options).map(([value, text]) => (
                <option key={value} value={value}>
                  {t(text)}
                </option>
              ))}
            </select>
          )}
        </Field>
      );
    case "logo":
      return <LogoInput value={draft.logo} error={error} onChange={set} />;
    case "categories":
      return <CategoriesInput value={draft.categories} error={error} onChange={set} />;
    case "colour":
      return (
        <>
          <label class="check">
            <input
              type="checkbox"
              checked={draft.accent !== null}
              onInput={(event) => set(event.currentTarget.checked ? OWN_COLOUR : null)}
            />
            <span>{t("setting.ownAccent")}</span>
          </label>
          {draft.accent !== null && (
            <Field label={label} hint={t("setting.accentHint")} error={error}>
              {(ids) => (
                <input
                  type="color"
                  class="input"
                  {...ids}
                  value={draft.accent ?? OWN_COLOUR}
                  onInput={(event) => set(event.currentTarget.value)}
                />
              )}
            </Field>
          )}
        </>
      );
  }
}

interface NumberProps {
  label: string;
  value: number;
  hint: string | undefined;
  error: string | undefined;
  onChange: (value: number) => void;
}

/** A whole number. While the field is empty or not a whole number, the form cannot be sent: 0 often means no limit. */
function NumberInput({ label, value, hint, error, onChange }: NumberProps) {
  const [text, setText] = useState(String(value));
  return (
    <TextField
      label={label}
      type="number"
      required
      min={0}
      step={1}
      value={text}
      hint={hint}
      error={error}
      onInput={(changed) => {
        setText(changed);
        if (changed !== "" && Number.isInteger(Number(changed))) onChange(Number(changed));
      }}
    />
  );
}

interface CheckProps {
  label: string;
  hint: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function CheckInput({ label, hint, checked, onChange }: CheckProps) {
  const id = useId();
  return (
    <div class="setting-check">
      <label class="check">
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={hint && id}
          onInput={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {hint && (
        <div class="field-hint" id={id}>
          {hint}
        </div>
      )}
    </div>
  );
}
