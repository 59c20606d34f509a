import { useId, useState } from "preact/hooks";
import { secondsOfTime } from "../../../workers/domain/chapter-faults.ts";
import { Icon } from "../../components/icon.tsx";
import { t } from "../../i18n/translate.ts";
import { timeText } from "./chapter-draft.ts";
import { type EditDraft, type EditPoint, movePoint } from "./edit-draft.ts";

interface Props {
  draft: EditDraft;
  /** Duration of the whole file in seconds. */
  duration: number;
  onDraft: (draft: EditDraft) => void;
}

/** Inputs for all times of an edit: start and end, and both times of each cut. */
export function EditRows({ draft, duration, onDraft }: Props) {
  const set = (point: EditPoint) => (seconds: number) =>
    onDraft(movePoint(draft, point, seconds, duration));
  const cuts = draft.cuts.toSorted((one, other) => one.from - other.from);
  return (
    <>
      <div class="edit-ends">
        <TimeField label={t("edit.start")} seconds={draft.start} onTime={set("start")} />
        <TimeField label={t("edit.end")} seconds={draft.end} onTime={set("end")} />
      </div>
      {cuts.length > 0 && (
        <ol class="edit-cuts" aria-label={t("edit.cuts")}>
          {cuts.map(({ key, from, to }, index) => (
            <li key={key} class="edit-cut">
              <TimeField
                label={t("edit.cutFrom", { number: index + 1 })}
                seconds={from}
                onTime={set({ cut: key, side: "from" })}
              />
              <TimeField
                label={t("edit.cutTo", { number: index + 1 })}
                seconds={to}
                onTime={set({ cut: key, side: "to" })}
              />
              <button
                type="button"
                class="button"
                aria-label={t("edit.removeCut", { number: index + 1 })}
                onClick={() =>
                  onDraft({ ...draft, cuts: draft.cuts.filter((cut) => cut.key !== key) })
                }
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

interface TimeProps {
  label: string;
  seconds: number;
  onTime: (seconds: number) => void;
}

/** A time input: an incomplete time is kept as typed and not applied. */
function TimeField({ label, seconds, onTime }: TimeProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && secondsOfTime(typed) === null;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input chapter-time"
        dir="ltr"
        inputMode="decimal"
        maxLength={12}
        value={typed ?? timeText(seconds)}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-error` : undefined}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => {
          const time = secondsOfTime(event.currentTarget.value);
          if (time === null) return;
          setTyped(null);
          onTime(time);
        }}
      />
      {isWrong && (
        <p class="field-error" id={`${id}-error`}>
          {t("chapters.noTime")}
        </p>
      )}
    </div>
  );
}
