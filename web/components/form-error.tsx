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

/** Says "Saved." once a form was saved, and tells screen readers so. */
export function SavedStatus({ saved }: { saved: boolean }) {
  return <span role="status">{saved ? t("common.saved") : ""}</span>;
}
