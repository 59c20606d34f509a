import "./confirm-dialog.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useSubmit } from "../use-submit.ts";
import { FormError } from "./form-error.tsx";
import { t } from "../i18n/translate.ts";

interface Props {
  title: string;
  /** Label of the button that confirms. */
  action: string;
  children: ComponentChildren;
  onConfirm: () => Promise<void>;
  onCancel: () => void;
}

/** Asks before an action that cannot be undone. A native modal dialog brings the focus trap and Escape. */
export function ConfirmDialog({ title, action, children, onConfirm, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { run, busy, error } = useSubmit(onConfirm);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={heading} onClose={onCancel}>
      <h2 id={heading}>{title}</h2>
      <div>{children}</div>
      <FormError error={error} />
      <div class="form-actions">
        <button type="button" class="button button-danger" disabled={busy} onClick={() => run()}>
          {action}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t("common.cancel")}
        </button>
      </div>
    </dialog>
  );
}
