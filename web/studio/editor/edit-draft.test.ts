import { expect, test } from "vitest";
import {
  addCut,
  type EditDraft,
  editDraftOf,
  editFault,
  keptRanges,
  keptSeconds,
  shownAt,
  movePoint,
  nextKept,
  removedRanges,
} from "./edit-draft.ts";

const whole = editDraftOf(null, 60);
const draft: EditDraft = {
  watermark: null,
  audio: null,
  start: 5,
  end: 50,
  cuts: [
    { key: 1, from: 30, to: 40 },
    { key: 0, from: 10, to: 20 },
  ],
};

test("the kept time is the time between start and end without the cuts, in whatever order they were made", () => {
  expect(keptRanges(draft)).toEqual([
    { from: 5, to: 10 },
    { from: 20, to: 30 },
    { from: 40, to: 50 },
  ]);
  expect(keptSeconds(draft)).toBe(25);
  expect(removedRanges(draft, 60)).toEqual([
    { from: 0, to: 5 },
    { from: 10, to: 20 },
    { from: 30, to: 40 },
    { from: 50, to: 60 },
  ]);
});

test("cuts may overlap each other and the start and end", () => {
  const cuts = [
    { key: 0, from: 0, to: 8 },
    { key: 1, from: 6, to: 12 },
    { key: 2, from: 48, to: 60 },
  ];
  expect(keptRanges({ ...draft, cuts })).toEqual([{ from: 12, to: 48 }]);
});

test("a preview skips the cuts and stops at the end", () => {
  expect(nextKept(draft, 0)).toBe(5);
  expect(nextKept(draft, 7)).toBe(7);
  expect(nextKept(draft, 10)).toBe(20);
  expect(nextKept(draft, 50)).toBeNull();
  expect([4, 7, 15, 22, 60].map((at) => shownAt(draft, at))).toEqual([0, 2, 5, 7, 25]);
});

test("a recipe is turned back into its draft", () => {
  const keep = keptRanges(draft);
  expect(keptRanges(editDraftOf({ keep }, 60))).toEqual(keep);
  expect(keptRanges(whole)).toEqual([{ from: 0, to: 60 }]);
});

test("the start stays before the end, and moving one end of a cut past the other moves both", () => {
  expect(movePoint(draft, "start", 55, 60).start).toBeCloseTo(49.9);
  expect(movePoint(draft, "end", 1, 60).end).toBeCloseTo(5.1);
  const [, first] = movePoint(draft, { cut: 0, side: "to" }, 3, 60).cuts;
  expect(first).toEqual({ key: 0, from: 3, to: 3 });
  expect(movePoint(draft, "end", 999, 59.96).end).toBe(59.96);
});

test("a draft that changes nothing or keeps nothing cannot be applied", () => {
  expect(editFault(whole, whole)).toBe("unchanged");
  expect(editFault(draft, whole)).toBeNull();
  const watermark = { picture: "1", position: "center", size: 0.5, opacity: 1 } as const;
  expect(editFault({ ...whole, watermark }, whole)).toBeNull();
  expect(editFault({ ...whole, start: 1, end: 1.5 }, whole)).toBe("too-short");
  expect(addCut(whole, 59.5, 60).cuts).toEqual([{ key: 0, from: 59.5, to: 60 }]);
});
