import "./confirm-dialog.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError } from "../api-error.ts";

interface Props {
  title: string;
  /** The button's text: what will happen. */
  action: string;
  children: ComponentChildren;
  onConfirm: () => Promise<void>;
  onCancel: () => void;
}

/** Asks before something that cannot be undone. A native modal dialog: focus trap and Escape come with it. */
export function ConfirmDialog({ title, action, children, onConfirm, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : "This did not work.");
      setBusy(false);
    }
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={heading} onClose={onCancel}>
      <h2 id={heading}>{title}</h2>
      <div>{children}</div>
      {problem && (
        <p class="notice notice-bad" role="alert">
          {problem}
        </p>
      )}
      <div class="form-actions">
        <button
          type="button"
          class="button button-danger"
          disabled={busy}
          onClick={() => void confirm()}
        >
          {action}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}
