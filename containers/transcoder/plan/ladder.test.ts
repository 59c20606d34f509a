import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approximate, h264Ladder, MAX_SIDE_PIXELS } from "./ladder.ts";

const RATE = { num: 30, den: 1 };
function sizes(width: number, height: number): string[] {
  return h264Ladder({ width, height }, RATE).map(
    (rendition) => `${rendition.width}x${rendition.height}`,
  );
}

describe("the ladder", () => {
  it.each([
    [1920, 1080, ["426x240", "640x360", "854x480", "1280x720", "1920x1080"]],
    [1080, 1920, ["240x426", "360x640", "480x854", "720x1280", "1080x1920"]],
    [
      3840,
      2160,
      ["426x240", "640x360", "854x480", "1280x720", "1920x1080", "2560x1440", "3840x2160"],
    ],
    [640, 480, ["320x240", "480x360", "640x480"]],
    // A size between two steps is kept if the lower step would lose much detail.
    [1600, 900, ["426x240", "640x360", "854x480", "1280x720", "1600x900"]],
    [480, 270, ["320x180", "426x240"]],
    [192, 144, ["192x144"]],
    [321, 241, ["240x180", "320x240"]],
    [145, 99, ["144x98"]],
    [2, 2, ["2x2"]],
    // Wider than decoders support, so it is scaled down in both dimensions.
    [
      4096,
      2160,
      ["456x240", "682x360", "910x480", "1366x720", "2048x1080", "2730x1440", "4096x2160"],
    ],
    [5120, 1440, ["854x240", "1280x360", "1706x480", "2560x720", "3840x1080"]],
    [30_000, 1000, ["4096x136"]],
    [1000, 30_000, ["136x4096"]],
    [36_000, 2, ["4096x2"]],
  ])("of %ix%i", (width, height, expected) => {
    expect(sizes(width, height)).toEqual(expected);
  });

  it("compensates for even dimensions with the sample aspect ratio", () => {
    const rendition = h264Ladder({ width: 1920, height: 1080 }, RATE).find(
      ({ height }) => height === 480,
    );
    expect(rendition?.pixelAspect).toEqual({ num: 1280, den: 1281 });
  });

  it("has its highest quality in the top rendition", () => {
    function qualities(height: number): number[] {
      return h264Ladder({ width: (height * 16) / 9, height }, RATE).map(({ crf }) => crf);
    }
    expect(qualities(1080)).toEqual([31, 30, 29, 26, 24]);
    expect(qualities(240)).toEqual([30, 24]);
    expect(qualities(144)).toEqual([24]);
  });

  it("raises the bit rate with the frame rate, but less than proportionally", () => {
    const [slow, fast] = [30, 60].map(
      (num) => h264Ladder({ width: 1280, height: 720 }, { num, den: 1 }).at(-1)?.maxrate ?? 0,
    );
    expect(fast).toBeGreaterThan((slow ?? 0) * 1.2);
    expect(fast).toBeLessThan((slow ?? 0) * 2);
  });

  it("never upscales, has even dimensions in ascending order, and keeps the aspect ratio", () => {
    const side = fc.integer({ min: 2, max: 36_000 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const ladder = h264Ladder({ width, height }, RATE);
        expect(ladder.length).toBeGreaterThan(0);
        let previous = 0;
        for (const rendition of ladder) {
          expect(rendition.width % 2).toBe(0);
          expect(rendition.height % 2).toBe(0);
          expect(rendition.width).toBeLessThanOrEqual(width + 1);
          expect(rendition.height).toBeLessThanOrEqual(height + 1);
          expect(Math.max(rendition.width, rendition.height)).toBeLessThanOrEqual(MAX_SIDE_PIXELS);
          const shown =
            (rendition.width * rendition.pixelAspect.num) /
            (rendition.height * rendition.pixelAspect.den);
          expect(Math.abs(shown / (width / height) - 1)).toBeLessThan(0.001);
          expect(Math.min(rendition.width, rendition.height)).toBeGreaterThan(previous);
          previous = Math.min(rendition.width, rendition.height);
        }
      }),
    );
  });
});

describe("the closest fraction of small numbers", () => {
  it.each([
    [1, 1, 1],
    [1280 / 1281, 1280, 1281],
    [64 / 45, 64, 45],
    [3268080 / 3268188, 1, 1],
  ])("is found for %f", (value, num, den) => {
    expect(approximate(value, 4096)).toEqual({ num, den });
  });
});
