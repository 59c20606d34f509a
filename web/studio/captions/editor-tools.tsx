import { useState } from "preact/hooks";
import { type PlainKey, t } from "../../i18n/translate.ts";
import { EDITOR_KEYS, type EditorActions } from "./editor-keys.ts";
import type { EditedCues } from "./use-cues.ts";

interface StepProps {
  actions: EditorActions;
  edited: EditedCues;
  hasSelected: boolean;
}

const CUE_BUTTONS: readonly [keyof EditorActions, PlainKey][] = [
  ["startHere", "captionEditor.startHere"],
  ["endHere", "captionEditor.endHere"],
  ["split", "captionEditor.split"],
  ["merge", "captionEditor.merge"],
  ["remove", "captionEditor.remove"],
];

/** The buttons that change single captions, and those for undo and redo. */
export function StepTools({ actions, edited, hasSelected }: StepProps) {
  const button = (action: keyof EditorActions, text: PlainKey, isDisabled: boolean) => (
    <button
      key={action}
      type="button"
      class="button button-small"
      disabled={isDisabled}
      onClick={actions[action]}
    >
      {t(text)}
    </button>
  );
  return (
    <div class="form-actions" role="group" aria-label={t("captionEditor.tools")}>
      {button("add", "captionEditor.add", false)}
      {CUE_BUTTONS.map(([action, text]) => button(action, text, !hasSelected))}
      {button("undo", "captionEditor.undo", !edited.canUndo)}
      {button("redo", "captionEditor.redo", !edited.canRedo)}
    </div>
  );
}

interface ShiftProps {
  hasSelected: boolean;
  onShift: (seconds: number, isFromHere: boolean) => void;
}

/** Moves captions in time, all or from the selected one on. */
export function ShiftTools({ hasSelected, onShift }: ShiftProps) {
  const [seconds, setSeconds] = useState("0.5");
  const amount = Number(seconds);
  const isUsable = Number.isFinite(amount) && amount !== 0;
  return (
    <div class="form-actions" role="group" aria-label={t("captionEditor.shift")}>
      <label class="caption-shift">
        <span>{t("captionEditor.shiftSeconds")}</span>
        <input
          class="input cue-time"
          dir="ltr"
          type="number"
          step="0.1"
          value={seconds}
          onInput={(event) => setSeconds(event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="button button-small"
        disabled={!isUsable}
        onClick={() => onShift(amount, false)}
      >
        {t("captionEditor.shiftAll")}
      </button>
      <button
        type="button"
        class="button button-small"
        disabled={!isUsable || !hasSelected}
        onClick={() => onShift(amount, true)}
      >
        {t("captionEditor.shiftFrom")}
      </button>
    </div>
  );
}

/** Lists the keyboard shortcuts. */
export function EditorKeys() {
  return (
    <details class="caption-keys">
      <summary>{t("captionEditor.keys")}</summary>
      <dl>
        {EDITOR_KEYS.map(({ shown, does }) => (
          <div key={shown}>
            <dt>
              <kbd dir="ltr">{shown}</kbd>
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
