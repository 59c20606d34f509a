import "./password-field.css";
import { useEffect, useState } from "preact/hooks";
import { TextField } from "./field.tsx";

/** The server's own limit. */
const MIN_PASSWORD_LENGTH = 8;
const WORDS = [
  "Very easy to guess",
  "Easy to guess",
  "Not hard to guess",
  "Hard to guess",
  "Very hard to guess",
];

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Words that make a password weak here: name and email. */
  about: string[];
}

/** A new password with a meter that says how soon it would be guessed, and why. */
export function PasswordField({ label, value, onInput, about }: Props) {
  const [strength, setStrength] = useState<{ score: number; advice: string } | null>(null);
  useEffect(() => {
    if (!value) return setStrength(null);
    let current = true;
    // The dictionaries are large, so they load only once someone types a new password.
    void import("../password-strength.ts").then(({ passwordStrength }) => {
      if (current) setStrength(passwordStrength(value, about));
    });
    return () => {
      current = false;
    };
  }, [value, about.join()]);
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
          ? `${WORDS[strength.score]}. ${strength.advice}`
          : `At least ${MIN_PASSWORD_LENGTH} characters. A few unrelated words are best.`}
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
      maxLength={256}
      hint={hint}
      value={value}
      onInput={onInput}
    />
  );
}
