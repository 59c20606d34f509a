import { useState } from "preact/hooks";
import { Field } from "./field.tsx";

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
            id={ids.id}
            readOnly
            value={value}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button
            type="button"
            class="button"
            aria-label={`Copy ${label.toLowerCase()}`}
            onClick={() => void copy()}
          >
            {copied ? "Copied" : "Copy"}
          </button>
        </span>
      )}
    </Field>
  );
}
