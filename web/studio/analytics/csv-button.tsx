import type { AnalyticsTable } from "../../../workers/contract/analytics.ts";
import type { AnalyticsPeriod } from "../../../workers/contract/audience-names.ts";
import { FormError } from "../../components/form-error.tsx";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { type AnalyticsSubject, saveTable } from "./analytics-api.ts";

interface Props {
  subject: AnalyticsSubject;
  period: AnalyticsPeriod;
  by: AnalyticsTable;
  /** Which table to save, if there are several. */
  name?: string;
}

/** Saves a table as a file for spreadsheets. */
export function CsvButton({ subject, period, by, name }: Props) {
  const { run, busy, error } = useSubmit(() => saveTable(subject, period, by));
  return (
    <div class="form-actions">
      <button
        type="button"
        class="button button-small"
        disabled={busy}
        aria-label={name && t("analytics.csvOf", { name })}
        onClick={() => run()}
      >
        {t("analytics.csv")}
      </button>
      <FormError error={error} />
    </div>
  );
}
