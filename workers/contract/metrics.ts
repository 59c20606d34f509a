import { z } from "zod";
import { CHART_NAMES, CHART_RANGES } from "./chart-names.ts";
import { Timestamp } from "./common.ts";

export const MetricsQuery = z.object({ range: z.enum(CHART_RANGES).default("hours") });

const Chart = z.object({
  name: z.enum(CHART_NAMES),
  unit: z.enum(["count", "percent", "seconds", "minutes", "hours", "bytes", "megabits"]),
  lines: z.array(
    z.object({
      /** Name of the line, such as `p95` or a value of a label: `5xx`. */
      name: z.string(),
      /** One value per time; null if there is none. */
      values: z.array(z.number().nullable()),
    }),
  ),
});
export type Chart = z.infer<typeof Chart>;

/** Numbers about the running site. */
export const MetricsCharts = z.object({
  /** The beginnings of the steps. */
  times: z.array(Timestamp),
  charts: z.array(Chart),
});
export type MetricsCharts = z.infer<typeof MetricsCharts>;
