import { expect, test } from "vitest";
import type { Analytics } from "../../../workers/contract/analytics.ts";
import { changeOf, highlightsOf, stepsOf } from "./analytics-steps.ts";

const analytics = (stepSeconds: number, views: number[]): Analytics =>
  ({ from: "2026-03-01T00:30:00.000Z", stepSeconds, views, watchSeconds: views }) as Analytics;

test("48 hours are drawn per hour, and the last hour per minute", () => {
  const views = Array.from({ length: 2880 }, () => 1);
  const [hours, minutes] = stepsOf(analytics(60, views));
  expect([hours!.views.length, new Set(hours!.views)]).toEqual([48, new Set([60])]);
  expect([hours!.times[0], hours!.times[1]]).toEqual([
    "2026-03-01T00:30:00.000Z",
    "2026-03-01T01:30:00.000Z",
  ]);
  expect([minutes!.views.length, minutes!.times[0], minutes!.times.at(-1)]).toEqual([
    60,
    "2026-03-02T23:30:00.000Z",
    "2026-03-03T00:29:00.000Z",
  ]);
});

test("longer periods are drawn per day", () => {
  const steps = stepsOf(analytics(86_400, [1, 2, 3]));
  expect(steps.map(({ name, views }) => [name, views])).toEqual([["day", [1, 2, 3]]]);
});

test("no change is shown when the earlier value is zero", () => {
  expect([changeOf(3, 2), changeOf(1, 2), changeOf(3, 0), changeOf(null, 2)]).toEqual([
    0.5,
    -0.5,
    null,
    null,
  ]);
});

test("the most replayed part and the largest drop are highlighted, and small bumps are not", () => {
  const flat = Array.from({ length: 100 }, () => 0.5);
  expect(highlightsOf({ reached: flat, plays: flat })).toEqual({ replayed: null, drop: null });
  const reached = flat.map((share, index) => (index < 70 ? share : 0.2));
  expect(highlightsOf({ reached, plays: reached.with(40, 0.9) })).toEqual({
    replayed: 40,
    drop: 70,
  });
  expect(highlightsOf({ reached: flat, plays: flat.with(40, 0.54) }).replayed).toBeNull();
});
