import "../components/confirm-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";

interface PinFieldProps {
  label: string;
  value: string;
  hint?: string;
  error?: string | undefined;
  isNew?: boolean;
  onInput: (pin: string) => void;
}

/** A field for secret digits. Password managers ignore it: a PIN is not a password of this site. */
export function PinField({ isNew = false, ...field }: PinFieldProps) {
  return (
    <TextField
      {...field}
      type="password"
      inputMode="numeric"
      pattern="\d{4,8}"
      minLength={4}
      maxLength={8}
      autocomplete={isNew ? "new-password" : "off"}
      class="input pin-input"
      required
    />
  );
}

interface Props {
  /** Name of the profile to open. */
  name: string;
  onPin: (pin: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for the PIN before a profile opens. */
export function PinDialog({ name, onPin, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [pin, setPin] = useState("");
  const { submit, busy, error, reset } = useSubmit(() => onPin(pin));
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="pin-title" onClose={onClose}>
      <h2 id="pin-title">{t("pin.enter")}</h2>
      <p dir="auto">{t("pin.for", { name })}</p>
      <form class="form" onSubmit={submit} onInput={reset}>
        <PinField label={t("pin.field")} value={pin} onInput={setPin} />
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-signal" disabled={busy}>
            {t("pin.continue")}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t("common.cancel")}
          </button>
        </div>
        <p class="soft pin-forgot">{t("pin.forgot")}</p>
      </form>
    </dialog>
  );
}
