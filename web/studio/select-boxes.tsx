import type { TargetedKeyboardEvent, TargetedMouseEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { t } from "../i18n/translate.ts";
import { choose, chooseAll, NOTHING_SELECTED, type Selection } from "./selection.ts";

const BOX = "input[data-select]";

export interface SelectProps {
  selection: Selection;
  /** The videos of this page, in order. */
  shown: readonly Video[];
  onSelect: (selection: Selection) => void;
}

/** The last used checkbox, for Shift. It belongs to the page, so one variable is enough. */
let lastUsed: string | null = null;

/**
 * Selects a video. Shift selects the range from the last one; arrow keys move between checkboxes, and with Shift they
 * select.
 */
export function SelectBox({ video, selection, shown, onSelect }: SelectProps & { video: Video }) {
  const { id, title } = video;
  function onClick(event: TargetedMouseEvent<HTMLInputElement>): void {
    const from = event.shiftKey ? lastUsed : null;
    onSelect(choose(selection, shown, { id, isSelected: event.currentTarget.checked, from }));
    lastUsed = id;
  }
  function onKeyDown(event: TargetedKeyboardEvent<HTMLInputElement>): void {
    if (event.key === "Escape") return onSelect(NOTHING_SELECTED);
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return onSelect(chooseAll(selection, shown, true));
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = shown[shown.indexOf(video) + (step ?? NaN)];
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) onSelect(chooseAll(selection, [video, next], true));
    lastUsed = next.id;
    document.querySelector<HTMLElement>(`${BOX}[value="${next.id}"]`)?.focus();
  }
  return (
    <input
      type="checkbox"
      data-select
      value={id}
      aria-label={t("list.select", { title })}
      checked={selection.has(id)}
      // Otherwise Shift would select the text in between.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={onClick}
      onKeyDown={onKeyDown}
    />
  );
}

/** Selects the whole page, or none of it. */
export function SelectAllBox({ selection, shown, onSelect }: SelectProps) {
  const box = useRef<HTMLInputElement>(null);
  const selected = shown.filter(({ id }) => selection.has(id)).length;
  const isAll = selected === shown.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = selected > 0 && !isAll;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={t("list.selectAll")}
      checked={isAll}
      onClick={(event) => onSelect(chooseAll(selection, shown, event.currentTarget.checked))}
    />
  );
}
