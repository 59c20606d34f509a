import type { Submission } from "../../use-submit.ts";
import { FormError } from "../../components/form-error.tsx";
import { t } from "../../i18n/translate.ts";

interface Props {
  isDirty: boolean;
  /** Why saving failed, if the reason does not belong to a single field. */
  refused?: string | undefined;
  saving: Pick<Submission<void>, "busy" | "done" | "error">;
  onSave: () => void;
  onUndo: () => void;
}

/** Saves the changes of all tabs at once. It stays in view while there is something to save. */
export function SaveBar({ isDirty, refused, saving, onSave, onUndo }: Props) {
  const { busy, done, error } = saving;
  const isShown = isDirty || busy || done || error !== null;
  return (
    <section
      class={isShown ? "save-bar save-bar-shown" : "save-bar"}
      aria-label={t("saveBar.label")}
    >
      {refused && (
        <p class="notice notice-bad" role="alert">
          {refused}
        </p>
      )}
      {error && <FormError error={error} />}
      <div class="save-bar-line">
        <span role="status">{isDirty ? t("saveBar.unsaved") : done ? t("common.saved") : ""}</span>
        {isShown && (
          <div class="form-actions">
            <button type="button" class="button" disabled={busy || !isDirty} onClick={onUndo}>
              {t("saveBar.undo")}
            </button>
            <button
              type="button"
              class="button button-signal"
              disabled={busy || !isDirty}
              onClick={onSave}
            >
              {t("common.save")}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}
