import { describe, expect, it } from "vitest";
import { gainFor, parseLoudness, windowStarts } from "./loudness.ts";

describe("the gain of a track", () => {
  it.each([
    ["a loud one", [-9, -9], -6],
    ["a quiet one", [-25, -25, -25], 10],
    ["one with pauses, which do not count", [-20, -20, -75, -120], 5],
    ["one with quiet parts, which the relative gate drops", [-20, -20, -45, -45], 5],
    ["silence", [-120, -70], 0],
    ["a track without a measurement", [], 0],
    ["a recording that is too quiet", [-60], 18],
  ])("of %s", (_, windows, gain) => {
    expect(gainFor(windows)).toBeCloseTo(gain, 1);
  });
});

it("reads the ebur128 filter's summary rather than its running values", () => {
  const log =
    "t: 1 M: -20 S:-20 I: -19.0 LUFS\nSummary:\n\n  Integrated loudness:\n    I:         -23.1 LUFS\n    Threshold: -33.5 LUFS\n";
  expect(parseLoudness(log)).toBe(-23.1);
  expect(parseLoudness("no summary")).toBeUndefined();
});

it("measures a short video completely, and a long one in windows", () => {
  expect(windowStarts(30)).toBeUndefined();
  const starts = windowStarts(7200) ?? [];
  expect(starts.length).toBeLessThanOrEqual(8);
  expect(Math.min(...starts)).toBeGreaterThan(0);
  expect(Math.max(...starts)).toBeLessThan(7190);
});
