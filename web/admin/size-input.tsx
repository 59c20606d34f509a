import { useState } from "preact/hooks";
import { Field } from "../components/field.tsx";
import { t } from "../i18n/translate.ts";
import { bytesIn, sizeText } from "./size-text.ts";

interface Props {
  label: string;
  /** Null for an empty field, which is allowed only if the size is optional. */
  value: number | null;
  required?: boolean;
  /** Replaces the example of a size. */
  hint?: string;
  error: string | undefined;
  onChange: (bytes: number | null) => void;
}

/** A size with its unit. An unreadable text keeps the form from being sent; a size that is not edited is kept exactly. */
export function SizeInput({ label, value, required = false, hint, error, onChange }: Props) {
  const [text, setText] = useState(() => (value === null ? "" : sizeText(value)));
  return (
    <Field label={label} hint={hint ?? t("admin.sizeHint")} error={error}>
      {(ids) => (
        <input
          class="input"
          {...ids}
          required={required}
          value={text}
          onInput={(event) => {
            const input = event.currentTarget;
            const bytes = bytesIn(input.value);
            const isUnclear = bytes === null && input.value.trim() !== "";
            input.setCustomValidity(isUnclear ? t("admin.sizeUnclear") : "");
            setText(input.value);
            if (!isUnclear) onChange(bytes);
          }}
        />
      )}
    </Field>
  );
}
