import "../components/confirm-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Ruling } from "../../workers/contract/moderation.ts";
import { Field } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { appealRuling } from "../moderation-api.ts";
import { useSubmit } from "../use-submit.ts";

/** Lets a creator appeal a decision, once. */
export function AppealButton({ ruling, onDone }: { ruling: Ruling; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  if (!ruling.canAppeal) return null;
  return (
    <div>
      <button type="button" class="button button-small" onClick={() => setOpen(true)}>
        {t("moderation.appeal")}
      </button>
      {isOpen && <AppealDialog ruling={ruling} onClose={() => setOpen(false)} onDone={onDone} />}
    </div>
  );
}

interface Props {
  ruling: Ruling;
  onClose: () => void;
  onDone: () => void;
}

function AppealDialog({ ruling, onClose, onDone }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [text, setText] = useState("");
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    await appealRuling(ruling.id, text);
    onClose();
    onDone();
  });
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="appeal" onClose={onClose}>
      <h2 id="appeal">{t("moderation.appealTitle")}</h2>
      <p>{t("moderation.appealText")}</p>
      <form class="form" onSubmit={submit}>
        <Field label={t("moderation.appealWhy")} error={fieldErrors["text"]}>
          {(ids) => (
            <textarea
              {...ids}
              class="input"
              dir="auto"
              required
              maxLength={1000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-signal" disabled={busy}>
            {t("moderation.sendAppeal")}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t("common.cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
