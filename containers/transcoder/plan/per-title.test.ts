import { describe, expect, it } from "vitest";
import { expectedRate } from "./complexity.ts";
import { h264Ladder } from "./ladder.ts";
import { fitLadder } from "./per-title.ts";

const RATE = { num: 25, den: 1 };
const PIXELS = 640 * 360;
const ladder = h264Ladder({ width: 1920, height: 1080 }, RATE);
function fitted(bitsPerPixel: number): string[] {
  return fitLadder(ladder, { bitsPerPixel, pixels: PIXELS }).map(({ id }) => id);
}

describe("the ladder of a video", () => {
  it("has all renditions if the content is hard to encode", () => {
    expect(fitted(0.3)).toEqual(ladder.map(({ id }) => id));
  });

  it("leaves out the lowest renditions of an animation, since its large ones need few bits", () => {
    expect(fitted(0.03)).toEqual(["h264-480", "h264-720", "h264-1080"]);
  });

  it("keeps two renditions of a still image", () => {
    expect(fitted(0.0001)).toEqual(["h264-720", "h264-1080"]);
  });
});

it("predicts the sampled rate at the sampled size, fewer bits per pixel for larger frames, and half the bits at CRF + 6", () => {
  const complexity = { bitsPerPixel: 0.1, pixels: PIXELS };
  const sampled = 0.1 * PIXELS * 25;
  expect(expectedRate(complexity, PIXELS, RATE, 24)).toBeCloseTo(sampled);
  expect(expectedRate(complexity, PIXELS, RATE, 30)).toBeCloseTo(sampled / 2);
  const larger = expectedRate(complexity, PIXELS * 4, RATE, 24);
  expect(larger).toBeGreaterThan(sampled * 2);
  expect(larger).toBeLessThan(sampled * 4);
});
