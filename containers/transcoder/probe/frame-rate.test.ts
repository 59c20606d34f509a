import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactRate, outputRate, parseRate, rateOf, sourceRate } from "./frame-rate.ts";

function steady(rate: number, count: number, digits = 6): number[] {
  return Array.from({ length: count }, (_, index) => Number((index / rate).toFixed(digits)));
}

describe("the frame rate of a source", () => {
  it("is taken from the header if the packets agree with it", () => {
    expect(
      sourceRate({ num: 30000, den: 1001 }, undefined, [steady(30000 / 1001, 300, 3)]),
    ).toBeCloseTo(29.97003, 5);
  });

  it("is measured if the header is wrong, as in some Matroska files", () => {
    expect(
      sourceRate({ num: 1000, den: 1 }, { num: 60, den: 1 }, [steady(25, 100, 3)]),
    ).toBeCloseTo(25, 1);
  });

  it("is the rate during motion for a video with still passages", () => {
    const times = [...steady(30, 60), ...steady(30, 60).map((time) => time + 20)];
    expect(sourceRate({ num: 6, den: 1 }, undefined, [times])).toBeCloseTo(30, 1);
  });

  it("is that of the fastest part of a video that begins with slides", () => {
    const slides = steady(2, 100);
    const moving = steady(30, 20).map((time) => time + 60);
    expect(sourceRate(undefined, undefined, [[...slides, ...moving]])).toBeCloseTo(30, 1);
    expect(sourceRate(undefined, undefined, [slides, moving])).toBeCloseTo(30, 1);
  });

  it("ignores a burst of a few frames, and the same rate on a coarser clock", () => {
    const burst = [100, 100.002, 100.004];
    expect(sourceRate(undefined, undefined, [steady(30, 100), burst])).toBeCloseTo(30, 1);
    expect(sourceRate(undefined, undefined, [[...steady(30, 100), ...burst]])).toBeCloseTo(30, 1);
    expect(sourceRate(undefined, undefined, [steady(30, 100), steady(30.5, 100)])).toBeCloseTo(
      30,
      1,
    );
  });

  it("does not depend on the order of packets", () => {
    const times = steady(24, 100);
    expect(sourceRate(undefined, undefined, [times.toReversed()])).toBeCloseTo(24, 3);
  });

  it("falls back to the header, then to 25 fps", () => {
    expect(sourceRate({ num: 50, den: 1 }, undefined, [])).toBe(50);
    expect(sourceRate(undefined, undefined, [[0]])).toBe(25);
  });
});

describe("the output frame rate", () => {
  it.each([
    [23.976, "24000/1001"],
    [24, "24/1"],
    [25.001, "25/1"],
    [29.97, "30000/1001"],
    [30, "30/1"],
    [50, "50/1"],
    [59.94, "60000/1001"],
    [60, "60/1"],
    [100, "50/1"],
    [119.88, "60000/1001"],
    [120, "60/1"],
    [144, "48/1"],
    [240, "60/1"],
    [300, "60/1"],
    [960, "60/1"],
    [1000, "50/1"],
    [14.985, "15000/1001"],
    [1, "1/1"],
  ])("for %f fps is %s", (source, expected) => {
    const { num, den } = outputRate(source);
    expect(`${num}/${den}`).toBe(expected);
  });

  it("is at most 60 and close to the source's rate or half of it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 240, noNaN: true }), (source) => {
        const rate = rateOf(outputRate(source));
        expect(rate).toBeLessThanOrEqual(60);
        const halvings = Math.round(Math.log2(source / rate));
        expect(rate * 2 ** halvings).toBeGreaterThan(source * 0.7);
        expect(rate * 2 ** halvings).toBeLessThan(source * 2.01);
      }),
    );
  });
});

it.each([
  [7.5, 15],
  [5, 5],
  [6.25, 12.5],
  [7.4925, 15_000 / 1001],
  [0.2, 1],
])("frames of %f fps are repeated at %f fps, which is a multiple", (rate, expected) => {
  // Matroska rounds times to milliseconds.
  expect(exactRate(rate, [steady(rate, 40, 3)])).toBeCloseTo(expected, 6);
});

it.each([
  ["30000/1001", { num: 30000, den: 1001 }],
  ["0/0", undefined],
  ["", undefined],
  [undefined, undefined],
])("parses ffprobe's rate %s", (text, expected) => {
  expect(parseRate(text)).toEqual(expected);
});
