import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridFor } from "./plan.ts";

describe("the segments of a video", () => {
  it.each([
    [25, 1000, [100, 10]],
    [25, 1001, [99, 11]],
    [25, 1003, [100, 11]],
    [25, 101, [101, 1]],
    [24, 577, [95, 7]],
    [1, 421, [8, 53]],
    [25, 2, [100, 1]],
  ])(
    "have equal lengths that never leave a last segment of one or two frames, at %i fps and %i frames",
    (num, frames, [framesPerSegment, segmentCount]) => {
      const grid = gridFor({ num, den: 1 }, frames / num, 4);
      expect(grid).toMatchObject({ totalFrames: frames, framesPerSegment, segmentCount });
    },
  );

  it("are about as long as intended, and the last one has at least three frames", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 * 3600 * 60 }),
        fc.constantFrom(12, 24, 25, 30, 60),
        (frames, num) => {
          const { framesPerSegment, totalFrames, segmentCount } = gridFor(
            { num, den: 1 },
            frames / num,
            4,
          );
          expect(Math.abs(framesPerSegment / num - 4)).toBeLessThan(0.5);
          const last = totalFrames - (segmentCount - 1) * framesPerSegment;
          expect(last).toBeGreaterThanOrEqual(segmentCount === 1 ? 1 : 3);
        },
      ),
    );
  });
});
