import { TextField } from "../../components/field.tsx";
import { t } from "../../i18n/translate.ts";
import { timeZone } from "./local-time.ts";
import type { TabProps } from "./tab-props.ts";

/** When a private video becomes public, and when a public one becomes private again. */
export function ScheduleFields({ draft, errors, onChange }: Omit<TabProps, "video" | "onSubmit">) {
  const { details, publishAt, unpublishAt, premiere } = draft;
  const isPrivate = details.visibility === "private";
  const hint = t("schedule.zone", { zone: timeZone() });
  return (
    <div class="form-row">
      {isPrivate && (
        <TextField
          type="datetime-local"
          label={t("schedule.publishAt")}
          hint={hint}
          value={publishAt}
          error={errors["publishAt"]}
          onInput={(time) => onChange({ publishAt: time })}
        />
      )}
      {isPrivate && publishAt !== "" && (
        <label class="check">
          <input
            type="checkbox"
            checked={premiere}
            onInput={(event) => onChange({ premiere: event.currentTarget.checked })}
          />
          {t("schedule.premiere")}
        </label>
      )}
      {(!isPrivate || publishAt !== "") && (
        <TextField
          type="datetime-local"
          label={t("schedule.unpublishAt")}
          hint={hint}
          value={unpublishAt}
          error={errors["unpublishAt"]}
          onInput={(time) => onChange({ unpublishAt: time })}
        />
      )}
    </div>
  );
}
