import { expect, test } from "vitest";
import { markPositionsSent, storedPosition, storePosition, unsentPositions } from "./resume.ts";

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

test("playback resumes where the viewer stopped", () => {
  const storage = memoryStorage();
  storePosition("a", 61.7, 600, true, storage);
  storePosition("b", 30, 600, true, storage);
  expect([
    storedPosition("a", storage),
    storedPosition("b", storage),
    storedPosition("c", storage),
  ]).toEqual([61, 30, 0]);
});

test("a video watched to the end, or barely started, starts from the beginning", () => {
  const storage = memoryStorage();
  storePosition("a", 300, 600, true, storage);
  storePosition("a", 595, 600, true, storage);
  expect(storedPosition("a", storage)).toBe(0);
  storePosition("a", 5, 600, true, storage);
  expect(storedPosition("a", storage)).toBe(0);
});

test("unreadable storage is treated as empty", () => {
  const storage = { getItem: () => "{not json" };
  expect(storedPosition("a", storage)).toBe(0);
});

test("positions stored without an account wait until an account has them", () => {
  const storage = memoryStorage();
  storePosition("a", 300, 600, true, storage);
  storePosition("b", 200, 600, false, storage);
  expect(unsentPositions(storage)).toEqual([{ id: "b", at: 200, unsentSince: expect.any(Number) }]);
  markPositionsSent(storage);
  expect(unsentPositions(storage)).toEqual([]);
  expect(storedPosition("b", storage)).toBe(200);
});
