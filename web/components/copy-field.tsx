import { useState } from "preact/hooks";
import { Field } from "./field.tsx";
import { t } from "../i18n/translate.ts";

/** A read-only value with a button that copies it; it can also be selected by hand. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  }
  return (
    <Field label={label}>
      {(ids) => (
        <span class="copy">
          <input
            class="input"
            dir="ltr"
            id={ids.id}
            readOnly
            value={value}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button
            type="button"
            class="button"
            aria-label={t("common.copyLabel", { label })}
            onClick={() => void copy()}
          >
            {copied ? t("common.copied") : t("common.copy")}
          </button>
        </span>
      )}
    </Field>
  );
}
