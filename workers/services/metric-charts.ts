import type { ChartRange } from "../contract/chart-names.ts";
import type { MetricsCharts } from "../contract/metrics.ts";
import type { MetricsEnv } from "../db/metrics/inbox.ts";
import { readMetrics, RESOLUTIONS, type Resolution } from "../db/metrics/rollups.ts";
import { CHARTS, drawCharts } from "../domain/charts.ts";

const RANGES: Record<ChartRange, { resolution: Resolution; steps: number }> = {
  hours: { resolution: "minutes", steps: 180 },
  week: { resolution: "hours", steps: 168 },
  year: { resolution: "days", steps: 366 },
};

/** The charts of the last hours, of a week or of a year. The last step is the one that has not ended. */
export async function metricCharts(
  env: MetricsEnv,
  range: ChartRange,
  now: number,
): Promise<MetricsCharts> {
  const { resolution, steps } = RANGES[range];
  const { stepMs } = RESOLUTIONS[resolution];
  const last = now - (now % stepMs);
  const times = Array.from({ length: steps }, (_, index) => last - (steps - 1 - index) * stepMs);
  const metrics = [...new Set(Object.values(CHARTS).flatMap((chart) => chart.metrics))];
  const rows = await readMetrics(env, resolution, metrics, times[0] ?? last);
  return {
    times: times.map((time) => new Date(time).toISOString()),
    charts: drawCharts(rows, times),
  };
}
