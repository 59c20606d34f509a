import fc from "fast-check";
import { expect, it } from "vitest";
import { chooseCuts } from "./web-ready-video.ts";

/** The shortest allowed segment of a track in which three frames are reordered. */
const MIN_FRAMES = 4;

it("segments end at keyframes, none is too long, and the last one is not too short", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 150 }),
      (gaps, tail) => {
        const keys = [0];
        for (const gap of gaps) keys.push((keys.at(-1) ?? 0) + gap);
        const total = (keys.at(-1) ?? 0) + tail;
        const cuts = chooseCuts(keys, total, 120, 150, MIN_FRAMES);
        if (cuts === undefined) return;
        expect(cuts[0]).toBe(0);
        expect(cuts.at(-1)).toBe(total);
        expect(cuts.slice(0, -1).every((cut) => keys.includes(cut))).toBe(true);
        for (const [index, cut] of cuts.slice(1).entries()) {
          expect(cut - (cuts[index] ?? 0)).toBeGreaterThan(0);
          const isLast = cut === total;
          const longest = isLast ? 150 + MIN_FRAMES - 1 : 150;
          expect(cut - (cuts[index] ?? 0)).toBeLessThanOrEqual(longest);
        }
        const lastFrames = total - (cuts.at(-2) ?? 0);
        expect(cuts.length === 2 || lastFrames >= MIN_FRAMES).toBe(true);
      },
    ),
  );
});

it.each([
  ["regular key frames", [0, 60, 120, 180, 240], 300, [0, 120, 240, 300]],
  ["a key frame that is closer to the wanted length", [0, 60, 110, 140], 220, [0, 110, 220]],
  ["a key frame three frames before the end", [0, 120, 240], 243, [0, 120, 243]],
  ["a key frame four frames before the end", [0, 120, 240], 244, [0, 120, 240, 244]],
  ["fewer frames than a segment should have", [0], 2, [0, 2]],
  ["no key frame in time", [0, 200], 300, undefined],
  ["no key frame at the start", [10, 60], 100, undefined],
])("the cuts of a source with %s are found", (_, keys, total, cuts) => {
  expect(chooseCuts(keys, total, 120, 150, MIN_FRAMES)).toEqual(cuts);
});
