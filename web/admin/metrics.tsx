import { useState } from "preact/hooks";
import { CHART_RANGES, type ChartRange } from "../../workers/contract/chart-names.ts";
import { getMetrics } from "./metrics-api.ts";
import { ChartFigure } from "../charts/chart-figure.tsx";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { Alerts } from "./alerts.tsx";

/** Numbers are added up once per minute. */
const POLL_INTERVAL_MS = 60_000;

/** Alerts, and charts of all metrics. */
export function Metrics() {
  const [range, setRange] = useState<ChartRange>("hours");
  const loaded = useLoad((signal) => getMetrics(range, signal), [range]);
  usePolling(async () => loaded.set(await getMetrics(range)), true, POLL_INTERVAL_MS, [range]);
  const { data, error, reload } = loaded;
  return (
    <>
      <Alerts />
      <section class="admin-section" aria-labelledby="admin-numbers" aria-busy={loaded.loading}>
        <div class="metrics-head">
          <h2 class="section-title" id="admin-numbers">
            {t("admin.metrics")}
          </h2>
          <label>
            {t("admin.range")}{" "}
            <select
              class="input"
              value={range}
              onChange={({ currentTarget }) => setRange(currentTarget.value as ChartRange)}
            >
              {CHART_RANGES.map((each) => (
                <option key={each} value={each}>
                  {t(`admin.range.${each}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
        {error && !data && <ErrorState heading="h2" error={error} onRetry={reload} />}
        {!data && !error && <p role="status">{t("admin.asking")}</p>}
        <div class="charts">
          {data?.charts.map((chart) => (
            <ChartFigure
              key={chart.name}
              name={chart.name}
              title={t(`admin.chart.${chart.name}`)}
              chart={chart}
              times={data.times}
            />
          ))}
        </div>
      </section>
    </>
  );
}
