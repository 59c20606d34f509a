import "./password-field.css";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/translate.ts";
import type { PasswordStrength } from "../password-strength.ts";
import { TextField } from "./field.tsx";

/** The minimum that the server enforces. */
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 256;
/** Labels of the estimator's scores, 0 to 4. */
const STRENGTHS = ["password.0", "password.1", "password.2", "password.3", "password.4"] as const;

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** What an attacker knows about the account: name and email. */
  knownWords: string[];
}

/** A field for a new password, with a meter of its strength and advice. */
export function PasswordField({ label, value, onInput, knownWords }: Props) {
  const [strength, setStrength] = useState<PasswordStrength | null>(null);
  useEffect(() => {
    if (!value) return setStrength(null);
    let current = true;
    // The dictionaries are large: they load once someone types a new password.
    void import("../password-strength.ts").then(({ passwordStrength }) => {
      if (current) setStrength(passwordStrength(value, knownWords));
    });
    return () => {
      current = false;
    };
  }, [value, knownWords.join()]);
  const hint = (
    <>
      {strength && (
        <span class="meter" data-score={strength.score} aria-hidden="true">
          {[0, 1, 2, 3].map((step) => (
            <span key={step} class={step < strength.score ? "meter-on" : ""} />
          ))}
        </span>
      )}
      <span aria-live="polite">
        {strength
          ? [STRENGTHS[strength.score] ?? "password.0", ...strength.advice]
              .map((key) => t(key))
              .join(" ")
          : t("password.hint", { count: MIN_PASSWORD_LENGTH })}
      </span>
    </>
  );
  return (
    <TextField
      label={label}
      type="password"
      name="new-password"
      autocomplete="new-password"
      required
      minLength={MIN_PASSWORD_LENGTH}
      maxLength={MAX_PASSWORD_LENGTH}
      hint={hint}
      value={value}
      onInput={onInput}
    />
  );
}
