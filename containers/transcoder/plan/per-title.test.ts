import { describe, expect, it } from "vitest";
import { expectedRate } from "./complexity.ts";
import { h264Ladder } from "./ladder.ts";
import { fitLadder } from "./per-title.ts";

const RATE = { num: 25, den: 1 };
const PIXELS = 640 * 360;
const ladder = h264Ladder({ width: 1920, height: 1080 }, RATE);
const fitted = (bitsPerPixel: number): string[] =>
  fitLadder(ladder, { bitsPerPixel, pixels: PIXELS }).map(({ id }) => id);

describe("the ladder of one title", () => {
  it("has all rungs for a film that is hard to encode", () => {
    expect(fitted(0.3)).toEqual(ladder.map(({ id }) => id));
  });

  it("starts higher for a drawing, whose large rungs cost no more than the small ones may", () => {
    expect(fitted(0.03)).toEqual(["h264-480", "h264-720", "h264-1080"]);
  });

  it("keeps two rungs of a still picture", () => {
    expect(fitted(0.0001)).toEqual(["h264-720", "h264-1080"]);
  });
});

it("expects the probe's own rate at its size, less per pixel when larger, half at six steps less quality", () => {
  const complexity = { bitsPerPixel: 0.1, pixels: PIXELS };
  const probe = 0.1 * PIXELS * 25;
  expect(expectedRate(complexity, PIXELS, RATE, 24)).toBeCloseTo(probe);
  expect(expectedRate(complexity, PIXELS, RATE, 30)).toBeCloseTo(probe / 2);
  const larger = expectedRate(complexity, PIXELS * 4, RATE, 24);
  expect(larger).toBeGreaterThan(probe * 2);
  expect(larger).toBeLessThan(probe * 4);
});
