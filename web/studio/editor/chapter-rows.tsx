import { useId } from "preact/hooks";
import { MAX_CHAPTER_TITLE_LENGTH } from "../../../workers/contract/chapter-limits.ts";
import type { ChapterFault } from "../../../workers/domain/chapter-faults.ts";
import { Icon } from "../../components/icon.tsx";
import { type PlainKey, t } from "../../i18n/translate.ts";
import type { ChapterRow } from "./chapter-draft.ts";

const FAULTS: Record<ChapterFault, PlainKey> = {
  "no-time": "chapters.noTime",
  "no-title": "chapters.noTitle",
  "first-not-at-start": "chapters.firstAtStart",
  "same-time": "chapters.sameTime",
  "after-end": "chapters.afterEnd",
  "too-few": "chapters.tooFew",
  "too-many": "chapters.tooMany",
};

interface Props {
  rows: readonly ChapterRow[];
  faults: ReadonlyMap<number, ChapterFault>;
  onChange: (rows: ChapterRow[]) => void;
  /** Called when the focus has left the times: rows may change their order. */
  onLeave: () => void;
}

/** The list of chapters, with inputs for times and titles. */
export function ChapterRows({ rows, faults, onChange, onLeave }: Props) {
  const set = (key: number, change: Partial<ChapterRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <ol
      class="chapter-rows"
      aria-label={t("chapters.list")}
      onFocusOut={(event) => {
        // A row that moves would lose the focus.
        const next = event.relatedTarget;
        if (!(next instanceof Node && event.currentTarget.contains(next))) onLeave();
      }}
    >
      {rows.map((row, index) => (
        <Row
          key={row.key}
          row={row}
          number={index + 1}
          fault={faults.get(index)}
          onChange={(change) => set(row.key, change)}
          onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  row: ChapterRow;
  number: number;
  fault: ChapterFault | undefined;
  onChange: (change: Partial<ChapterRow>) => void;
  onRemove: () => void;
}

function Row({ row, number, fault, onChange, onRemove }: RowProps) {
  const errorId = useId();
  const isTitleWrong = fault === "no-title";
  const described = (isWrong: boolean) => ({
    "aria-invalid": isWrong,
    "aria-describedby": isWrong ? errorId : undefined,
  });
  return (
    <li class="chapter-row">
      <input
        class="input chapter-time"
        dir="ltr"
        aria-label={t("chapters.time", { number })}
        {...described(fault !== undefined && !isTitleWrong)}
        value={row.time}
        maxLength={12}
        onInput={(event) => onChange({ time: event.currentTarget.value })}
      />
      <input
        class="input"
        dir="auto"
        aria-label={t("chapters.title", { number })}
        {...described(isTitleWrong)}
        value={row.title}
        maxLength={MAX_CHAPTER_TITLE_LENGTH}
        onInput={(event) => onChange({ title: event.currentTarget.value })}
      />
      <button
        type="button"
        class="button button-small"
        aria-label={t("chapters.remove", { title: row.title })}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
      {fault && (
        <p class="field-error" id={errorId}>
          {t(FAULTS[fault])}
        </p>
      )}
    </li>
  );
}
