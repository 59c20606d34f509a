import { expect, test } from "vitest";
import type { VideoChapters } from "../../../workers/contract/chapters.ts";
import {
  addRow,
  chaptersDraftOf,
  isChaptersChanged,
  ownChaptersOf,
  rowsOf,
  shownRows,
  timeText,
} from "./chapter-draft.ts";

const titleOf = (number: number) => `Chapter ${number}`;
const saved: VideoChapters = {
  own: null,
  automatic: [
    { start: 0, title: "Harbour" },
    { start: 61.5, title: "Storm" },
  ],
  source: "file",
};

test.each([
  [0, "0:00"],
  [61.5, "1:01.5"],
  [3661, "1:01:01"],
  [0.0004, "0:00"],
  [59.9996, "1:00"],
])("%d s is written as %s", (seconds, text) => {
  expect(timeText(seconds)).toBe(text);
});

test("automatic chapters are shown until the creator changes one", () => {
  const draft = chaptersDraftOf(saved);
  expect(shownRows(draft).map(({ time }) => time)).toEqual(["0:00", "1:01.5"]);
  expect([isChaptersChanged(draft), ownChaptersOf(draft)]).toEqual([false, null]);
  const changed = { saved, rows: rowsOf(saved.automatic) };
  expect(isChaptersChanged(changed)).toBe(true);
  expect(ownChaptersOf(changed)).toEqual(saved.automatic);
});

test("a list equal to the saved one is not a change, regardless of order and spaces", () => {
  const own = saved.automatic;
  const draft = chaptersDraftOf({ ...saved, own });
  const rows = (draft.rows ?? []).toReversed().map((row) => ({ ...row, title: ` ${row.title}` }));
  expect(isChaptersChanged({ ...draft, rows })).toBe(false);
  expect(isChaptersChanged({ ...draft, rows: null })).toBe(true);
});

test("a chapter is inserted in order, and the first one also adds a chapter at the beginning", () => {
  const rows = addRow([], 30, titleOf);
  expect(rows.map(({ time, title }) => [time, title])).toEqual([
    ["0:00", "Chapter 1"],
    ["0:30", "Chapter 2"],
  ]);
  const more = addRow(rows, 10, titleOf);
  expect(more.map(({ time }) => time)).toEqual(["0:00", "0:10", "0:30"]);
  expect(new Set(more.map(({ key }) => key)).size).toBe(3);
  expect(addRow([], 0, titleOf)).toHaveLength(1);
});
