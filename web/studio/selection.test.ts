import { expect, test } from "vitest";
import type { Video } from "../../workers/contract/videos.ts";
import { choose, chooseAll, NOTHING_SELECTED, type Selection } from "./selection.ts";

const shown = ["a", "b", "c", "d"].map((id) => ({ id }) as Video);
const idsOf = (selection: Selection) => [...selection.keys()].toSorted().join("");

test("a checkbox selects its video, and with Shift the range from the last one, in both directions", () => {
  const one = choose(NOTHING_SELECTED, shown, { id: "d", isSelected: true, from: null });
  expect(idsOf(one)).toBe("d");
  const range = choose(one, shown, { id: "b", isSelected: true, from: "d" });
  expect(idsOf(range)).toBe("bcd");
  expect(idsOf(choose(range, shown, { id: "c", isSelected: false, from: "b" }))).toBe("d");
  expect(idsOf(choose(range, shown, { id: "c", isSelected: false, from: null }))).toBe("bd");
});

test("Shift after a checkbox of another page selects a single video", () => {
  const other = chooseAll(NOTHING_SELECTED, [{ id: "x" } as Video], true);
  expect(idsOf(choose(other, shown, { id: "b", isSelected: true, from: "x" }))).toBe("bx");
});

test("a whole page is selected and deselected without changing other pages", () => {
  const other = chooseAll(NOTHING_SELECTED, [{ id: "x" } as Video], true);
  const all = chooseAll(other, shown, true);
  expect(idsOf(all)).toBe("abcdx");
  expect(idsOf(chooseAll(all, shown, false))).toBe("x");
});
