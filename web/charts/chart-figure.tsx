import { useEffect, useRef, useState } from "preact/hooks";
import type { Chart } from "../../workers/contract/metrics.ts";
import { t } from "../i18n/translate.ts";
import { dateOf, timeOfDay } from "../format.ts";
import { chartValue } from "./chart-values.ts";
import { LINE_COLOURS } from "./line-colours.ts";

/** Lines of one unit. */
export type ChartLines = Pick<Chart, "unit" | "lines">;

interface Props {
  /** Distinguishes the charts of one page. */
  name: string;
  title: string;
  chart: ChartLines;
  /** ISO 8601. */
  times: readonly string[];
}

const hasValues = ({ lines }: ChartLines): boolean =>
  lines.some(({ values }) => values.some((value) => value !== null && value !== 0));

/** The newest value of a line: the last step has only begun. */
function newestOf(values: readonly (number | null)[]): number | null {
  return values.slice(0, -1).findLast((value) => value !== null) ?? values.at(-1) ?? null;
}

/** A chart with its newest values, and all of them as a table. */
export function ChartFigure({ name, title, chart, times }: Props) {
  const { unit, lines } = chart;
  const isEmpty = !hasValues(chart);
  return (
    <figure class="chart" data-chart={name}>
      <figcaption>{title}</figcaption>
      {isEmpty ? (
        <p class="soft">{t("chart.none")}</p>
      ) : (
        <>
          <Plot chart={chart} times={times} />
          <ul class="chart-legend">
            {lines.map((line, index) => (
              <li
                key={line.name}
                style={{ "--line-colour": LINE_COLOURS[index % LINE_COLOURS.length] }}
              >
                <span dir="ltr">{line.name}</span> {chartValue(unit, newestOf(line.values))}
              </li>
            ))}
          </ul>
          <Numbers chart={chart} times={times} title={title} />
        </>
      )}
    </figure>
  );
}

/** The drawing for sighted viewers. Its code is loaded when it is first needed. */
function Plot({ chart, times }: Omit<Props, "name" | "title">) {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let remove: (() => void) | null = null;
    let isGone = false;
    import("./draw-chart.ts").then(
      ({ drawChart }) => {
        if (!isGone && target.current) remove = drawChart(target.current, chart, times);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
      remove?.();
    };
  }, [chart, times]);
  return <div class="chart-plot" dir="ltr" aria-hidden="true" ref={target} />;
}

/**
 * The same numbers for screen readers and for exact reading. The newest come first; the table is built when it is
 * opened.
 */
function Numbers({ chart: { unit, lines }, times, title }: Omit<Props, "name">) {
  const [isOpen, setOpen] = useState(false);
  const steps = times.map((time, index) => ({ time, index })).toReversed();
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary aria-label={t("chart.tableName", { name: title })}>{t("chart.table")}</summary>
      {isOpen && (
        // It scrolls, so the keyboard has to be able to focus it.
        <div class="chart-table" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("chart.time")}</th>
                {lines.map(({ name }) => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {steps
                .filter(({ index }) => lines.some(({ values }) => values[index] !== null))
                .map(({ time, index }) => (
                  <tr key={time}>
                    <th scope="row">
                      {dateOf(time)} {timeOfDay(time)}
                    </th>
                    {lines.map(({ name, values }) => (
                      <td key={name}>{chartValue(unit, values[index] ?? null)}</td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
