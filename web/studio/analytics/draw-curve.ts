import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Analytics } from "../../../workers/contract/analytics.ts";
import { LINE_COLOURS } from "../../charts/line-colours.ts";
import { onThemeChange } from "../../charts/on-theme-change.ts";

const HEIGHT_PX = 160;

/**
 * Draws the audience retention into an element, from edge to edge.
 * @param onIndex called with the hundredth that a pointer is over
 * @returns functions that remove it, and that mark a hundredth
 */
export function drawCurve(
  target: HTMLElement,
  { reached, plays }: NonNullable<Analytics["retention"]>,
  onIndex: (index: number) => void,
): { remove: () => void; point: (index: number) => void } {
  const ink = () => getComputedStyle(target).color;
  const grid = { stroke: () => `color-mix(in srgb, ${ink()} 15%, transparent)`, width: 1 };
  const line = { width: 2, points: { show: false } };
  let isPointed = false;
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height: HEIGHT_PX,
      padding: [4, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: [0, reached.length - 1] },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] },
      },
      axes: [
        { show: false },
        { size: 0, grid, ticks: { show: false }, values: (_plot, splits) => splits.map(() => "") },
      ],
      series: [
        {},
        { ...line, stroke: LINE_COLOURS[0], fill: `${LINE_COLOURS[0]}33` },
        // Distinguishable without colours too.
        { ...line, stroke: LINE_COLOURS[1], dash: [6, 3] },
      ],
      hooks: {
        setCursor: [({ cursor: { idx } }) => isPointed && typeof idx === "number" && onIndex(idx)],
      },
    },
    [reached.map((_, index) => index), reached, plays],
    target,
  );
  const listeners = new AbortController();
  const { signal } = listeners;
  plot.over.addEventListener("pointerenter", () => (isPointed = true), { signal });
  plot.over.addEventListener("pointerleave", () => (isPointed = false), { signal });
  const observer = new ResizeObserver(() => {
    if (target.clientWidth > 0) plot.setSize({ width: target.clientWidth, height: HEIGHT_PX });
  });
  observer.observe(target);
  const endThemes = onThemeChange(() => plot.redraw());
  return {
    remove: () => {
      endThemes();
      listeners.abort();
      observer.disconnect();
      plot.destroy();
    },
    point: (index) => {
      if (!isPointed) plot.setCursor({ left: plot.valToPos(index, "x"), top: 0 });
    },
  };
}
