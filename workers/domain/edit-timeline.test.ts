import fc from "fast-check";
import { expect, test } from "vitest";
import {
  countFrames,
  editedTime,
  isKept,
  keptFrames,
  moveChapters,
  moveCues,
  sourceTime,
  wholeTimeline,
} from "./edit-timeline.ts";

const frameRate = { num: 25, den: 1 };
const TOTAL = 1000;
const whole = wholeTimeline(frameRate);
const cue = (start: number, end: number) => ({ start, end, text: `${start}`, settings: "" });
const timeline = (...keep: [from: number, to: number][]) => ({
  ranges: keptFrames({ keep: keep.map(([from, to]) => ({ from, to })) }, frameRate, TOTAL),
  frameRate,
});

/** Recipes with parts in order, some of which are adjacent. */
const recipes = fc
  .array(fc.double({ min: 0, max: 45, noNaN: true }), { minLength: 2, maxLength: 12 })
  .map((times) => {
    const sorted = times.toSorted((a, b) => a - b);
    const keep = sorted
      .flatMap((from, index) => (index % 2 === 0 ? [{ from, to: sorted[index + 1] ?? from }] : []))
      .filter(({ from, to }) => from < to);
    return { keep };
  });

test("the ends of each part snap to the nearest frame, and adjacent parts are merged", () => {
  const kept = keptFrames(
    {
      keep: [
        { from: 1.01, to: 2.019 },
        { from: 2.02, to: 3 },
        { from: 39, to: 90 },
      ],
    },
    frameRate,
    TOTAL,
  );
  expect(kept).toEqual([
    { from: 25, to: 50 },
    { from: 51, to: 75 },
    { from: 975, to: 1000 },
  ]);
  expect(timeline([1, 2], [2, 3]).ranges).toEqual([{ from: 25, to: 75 }]);
});

test("mapped times never go backwards, and the edited video is as long as its kept parts", () => {
  fc.assert(
    fc.property(recipes, fc.array(fc.double({ min: 0, max: 50, noNaN: true })), (recipe, times) => {
      const ranges = keptFrames(recipe, frameRate, TOTAL);
      const line = { ranges, frameRate };
      const moved = times.toSorted((a, b) => a - b).map((time) => editedTime(line, time));
      expect(moved).toEqual(moved.toSorted((a, b) => a - b));
      expect(editedTime(line, 1000)).toBeCloseTo(countFrames(ranges) / 25, 6);
      for (const range of ranges) expect(range.to).toBeGreaterThan(range.from);
    }),
  );
});

test("a kept time maps to the edited video and back", () => {
  fc.assert(
    fc.property(recipes, fc.double({ min: 0, max: 40, noNaN: true }), (recipe, time) => {
      const line = { ranges: keptFrames(recipe, frameRate, TOTAL), frameRate };
      fc.pre(isKept(line, time));
      expect(sourceTime(line, editedTime(line, time))).toBeCloseTo(time, 6);
    }),
  );
});

test("captions are moved with the kept parts", () => {
  const line = timeline([2, 10], [20, 30]);
  const moved = moveCues([cue(0, 1), cue(1, 3), cue(9, 21), cue(12, 15), cue(25, 40)], whole, line);
  expect(moved.map(({ text, start, end }) => [text, start, Number(end.toFixed(2))])).toEqual([
    ["1", 0, 1],
    ["9", 7, 9],
    ["25", 13, 18],
  ]);
});

test("captions written for one edit are carried over to the next", () => {
  const [before, after] = [timeline([10, 20]), timeline([5, 15])];
  // Shown from 12 to 13 s of the file.
  const [moved] = moveCues([cue(2, 3)], before, after);
  expect([moved?.start, Number(moved?.end.toFixed(2))]).toEqual([7, 8]);
});

test("chapters move with the kept parts, and those cut out are removed", () => {
  const chapters = [
    { start: 0, title: "Intro" },
    { start: 10, title: "Storm" },
    { start: 20, title: "Calm" },
  ];
  expect(moveChapters(chapters, 40, whole, timeline([12, 40]))).toEqual([
    { start: 0, title: "Storm" },
    { start: 8, title: "Calm" },
  ]);
  expect(moveChapters(chapters, 40, whole, timeline([22, 30]))).toEqual([]);
});
