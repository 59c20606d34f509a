import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { secondsOfTime } from "../../../workers/domain/chapter-faults.ts";
import { timeText } from "../editor/chapter-draft.ts";
import { t } from "../../i18n/translate.ts";
import { type CueWarning, type DraftCue, toMilliseconds } from "./cue-draft.ts";

interface Props {
  cues: readonly DraftCue[];
  warnings: ReadonlyMap<number, CueWarning>;
  selected: number | null;
  /** The text of the selected caption. */
  text: RefObject<HTMLTextAreaElement>;
  /** Whether the text of the next selected caption gets the focus. */
  takesFocus: RefObject<boolean>;
  onSelect: (key: number) => void;
  /** @param group joins changes to one undo step */
  onChange: (key: number, change: Partial<DraftCue>, group: string | null) => void;
}

/** The list of captions for typing. */
export function CueRows(props: Props) {
  const { cues, warnings, selected, text, takesFocus, onSelect, onChange } = props;
  return (
    <ol class="cue-rows" aria-label={t("captionEditor.list")}>
      {cues.map((cue, index) => (
        <Row
          key={cue.key}
          cue={cue}
          number={index + 1}
          warning={warnings.get(cue.key)}
          isSelected={cue.key === selected}
          text={text}
          takesFocus={takesFocus}
          onSelect={() => onSelect(cue.key)}
          onChange={(change, group) => onChange(cue.key, change, group)}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  cue: DraftCue;
  number: number;
  warning: CueWarning | undefined;
  isSelected: boolean;
  text: RefObject<HTMLTextAreaElement>;
  takesFocus: RefObject<boolean>;
  onSelect: () => void;
  onChange: (change: Partial<DraftCue>, group: string | null) => void;
}

function Row(props: RowProps) {
  const { cue, number, warning, isSelected, text, takesFocus, onSelect, onChange } = props;
  const row = useRef<HTMLLIElement>(null);
  const own = useRef<HTMLTextAreaElement>(null);
  const warningId = useId();
  useEffect(() => {
    const list = row.current?.parentElement;
    if (!isSelected || !list || !row.current) return;
    text.current = own.current;
    const { offsetTop, offsetHeight } = row.current;
    const isInSight =
      offsetTop >= list.scrollTop && offsetTop + offsetHeight <= list.scrollTop + list.clientHeight;
    // Scrolls only the list: the page stays at the video.
    if (!isInSight) list.scrollTop = offsetTop - list.clientHeight / 3;
    const isInOther =
      list.contains(document.activeElement) && !row.current.contains(document.activeElement);
    if (isInOther || takesFocus.current) own.current?.focus({ preventScroll: true });
    takesFocus.current = false;
  }, [isSelected]);
  return (
    <li
      ref={row}
      class="cue-row"
      aria-current={isSelected ? "true" : undefined}
      onFocusCapture={onSelect}
    >
      <TimeInput
        label={t("captionEditor.startOf", { number })}
        time={cue.start}
        onChange={(start) => onChange({ start }, null)}
      />
      <TimeInput
        label={t("captionEditor.endOf", { number })}
        time={cue.end}
        onChange={(end) => onChange({ end }, null)}
      />
      <textarea
        ref={own}
        class="input"
        dir="auto"
        rows={2}
        aria-label={t("captionEditor.textOf", { number })}
        aria-describedby={warning ? warningId : undefined}
        value={cue.text}
        onInput={(event) => onChange({ text: event.currentTarget.value }, `text ${cue.key}`)}
      />
      {warning && (
        <p class="cue-warning" id={warningId}>
          {warningText(warning)}
        </p>
      )}
    </li>
  );
}

function warningText(warning: CueWarning): string {
  switch (warning.kind) {
    case "no-length":
      return t("captionEditor.noLength");
    case "no-text":
      return t("captionEditor.noText");
    case "overlap":
      return t("captionEditor.overlap");
    case "too-fast":
      return t("captionEditor.tooFast", { speed: warning.speed });
  }
}

interface TimeInputProps {
  label: string;
  /** Seconds. */
  time: number;
  onChange: (time: number) => void;
}

/** A time input that applies once it is typed to the end. Unreadable text falls back to the previous time. */
function TimeInput({ label, time, onChange }: TimeInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const commit = () => {
    const read = typed === null ? null : secondsOfTime(typed);
    setTyped(null);
    if (read !== null && read !== time) onChange(toMilliseconds(read));
  };
  return (
    <input
      class="input cue-time"
      dir="ltr"
      inputMode="decimal"
      aria-label={label}
      maxLength={14}
      value={typed ?? timeText(time)}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) commit();
      }}
    />
  );
}
