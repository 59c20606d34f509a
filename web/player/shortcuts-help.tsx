import { useEffect, useRef } from "preact/hooks";
import "../components/confirm-dialog.css";
import { SHORTCUTS } from "./shortcuts.ts";
import { t } from "../i18n/translate.ts";

/** The list of the player's keys. */
export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      class="dialog"
      ref={dialog}
      // In a low window it scrolls, from its top and by keys too.
      autofocus
      aria-labelledby="shortcuts"
      onClose={onClose}
      // The key that opened it also closes it.
      onKeyDown={(event) => event.key === "?" && dialog.current?.close()}
    >
      <h2 id="shortcuts">{t("keys.title")}</h2>
      <dl class="shortcuts">
        {SHORTCUTS.map(({ label, does }) => (
          <div key={does()}>
            <dt>{label()}</dt>
            <dd>{does()}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog" class="form-actions">
        <button class="button">{t("common.close")}</button>
      </form>
    </dialog>
  );
}
