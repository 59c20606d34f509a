import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { locale } from "../i18n/translate.ts";
import type { ChartLines } from "./chart-figure.tsx";
import { aloneIn, chartValue } from "./chart-values.ts";
import { LINE_COLOURS } from "./line-colours.ts";
import { onThemeChange } from "./on-theme-change.ts";

const HEIGHT_PX = 160;
const VALUE_AXIS_PX = 72;

/** A colour of the current theme. */
const colourOf = (element: HTMLElement, name: string): string =>
  getComputedStyle(element).getPropertyValue(name);

const colourOfLine = (index: number): string => LINE_COLOURS[index % LINE_COLOURS.length]!;

function optionsOf(target: HTMLElement, { unit, lines }: ChartLines, width: number): uPlot.Options {
  // A canvas does not support light-dark(), so the element's computed colour is used.
  const ink = () => getComputedStyle(target).color;
  const axis = {
    stroke: ink,
    grid: { stroke: () => `color-mix(in srgb, ${ink()} 15%, transparent)`, width: 1 },
    ticks: { show: false },
    font: `12px ${colourOf(target, "font-family")}`,
  };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.05 : 1] } },
    axes: [
      { ...axis, values: (_plot, splits) => timesOf(splits) },
      {
        ...axis,
        size: VALUE_AXIS_PX,
        values: (_plot, splits) => splits.map((split) => chartValue(unit, split)),
      },
    ],
    series: [
      {},
      ...lines.map((_line, index) => ({
        stroke: colourOfLine(index),
        width: 2,
        // Lines are distinguishable without colours too.
        ...(index % 2 === 1 && { dash: [6, 3] }),
        spanGaps: false,
        // A value between gaps has no line, so it is drawn as a point in dense charts too.
        points: {
          size: 5,
          fill: colourOfLine(index),
          filter: (plot: uPlot, series: number, isShown: boolean) =>
            isShown ? null : aloneIn(plot.data[series] ?? []),
        },
      })),
    ],
  };
}

/** The labels of the time axis: hours, or days where they are far apart. @param splits seconds */
function timesOf(splits: readonly number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const options: Intl.DateTimeFormatOptions =
    step >= 86_400 ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" };
  const format = new Intl.DateTimeFormat(locale(), options);
  return splits.map((split) => format.format(split * 1000));
}

/**
 * Draws a chart into an element, as wide as it is.
 * @param times of its values, ISO 8601
 * @returns a function that removes it
 */
export function drawChart(
  target: HTMLElement,
  chart: ChartLines,
  times: readonly string[],
): () => void {
  const seconds = times.map((time) => Date.parse(time) / 1000);
  const data: uPlot.AlignedData = [seconds, ...chart.lines.map(({ values }) => values)];
  const plot = new uPlot(optionsOf(target, chart, target.clientWidth), data, target);
  const observer = new ResizeObserver(() => {
    if (target.clientWidth > 0) plot.setSize({ width: target.clientWidth, height: HEIGHT_PX });
  });
  observer.observe(target);
  const endThemes = onThemeChange(() => plot.redraw());
  return () => {
    endThemes();
    observer.disconnect();
    plot.destroy();
  };
}
