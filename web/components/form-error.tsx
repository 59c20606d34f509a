import { type ApiError, messageOf } from "../api-error.ts";
import { t } from "../i18n/translate.ts";

/** Why the last submission of a form failed. Errors about single fields are shown at the fields. */
export function FormError({ error }: { error: ApiError | null }) {
  return (
    error && (
      <p class="notice notice-bad" role="alert">
        {error.fields.length > 0 ? messageOf("invalid_fields") : error.message}
      </p>
    )
  );
}

/** Shows "Saved." after a form was saved, and announces it to screen readers. */
export function SavedStatus({ saved }: { saved: boolean }) {
  return <span role="status">{saved ? t("common.saved") : ""}</span>;
}
