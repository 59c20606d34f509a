import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkLengths } from "../../../workers/domain/tasks/chunks.ts";

describe("chunk lengths", () => {
  /** Seconds per segment of a 1080p ladder. */
  const work = 26.7;

  it("are short at the start, since viewers are waiting, and at the end, so that all slots finish together", () => {
    const lengths = chunkLengths(300, { parallelism: 2 }, work);
    const longest = lengths.indexOf(Math.max(...lengths));
    expect(lengths.slice(0, 3)).toEqual([1, 1, 1]);
    expect(lengths.slice(0, longest)).toEqual(lengths.slice(0, longest).toSorted((a, b) => a - b));
    expect(lengths.slice(longest)).toEqual(lengths.slice(longest).toSorted((a, b) => b - a));
    expect(lengths.slice(-2)).toEqual([1, 1]);
  });

  it("are at most one half of the remaining segments per slot", () => {
    const lengths = chunkLengths(300, { parallelism: 8 }, work);
    let left = 300;
    for (const length of lengths) {
      expect(length).toBeLessThanOrEqual(Math.ceil(left / 16));
      left -= length;
    }
  });

  it("are long for small frames, so that starting a task is worth it", () => {
    expect(chunkLengths(10, { parallelism: 50 }, work / 20)).toEqual([4, 4, 2]);
  });

  it("are short for large frames, so that a task ends in time", () => {
    expect(Math.max(...chunkLengths(1000, { parallelism: 1 }, 180))).toBeLessThanOrEqual(2);
  });

  it("are longer while every slot has work, since short chunks would not start earlier", () => {
    expect(chunkLengths(11, { parallelism: 500 }, work)).toEqual(Array(11).fill(1));
    expect(chunkLengths(11, { parallelism: 500, isBusy: true }, work)).toEqual([3, 3, 3, 2]);
    expect(chunkLengths(3, { parallelism: 500, isBusy: true }, 300)).toEqual([1, 1, 1]);
  });

  it("add up to the length of the video", () => {
    fc.assert(
      fc.property(
        fc.nat(20_000),
        fc.integer({ min: 1, max: 500 }),
        fc.boolean(),
        fc.double({ min: 1e-6, max: 600, noNaN: true }),
        (segments, parallelism, isBusy, seconds) => {
          const lengths = chunkLengths(segments, { parallelism, isBusy }, seconds);
          expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(segments);
          expect(lengths.every((length) => length > 0)).toBe(true);
        },
      ),
    );
  });
});
