import { expect, test } from "vitest";
import { remember, resumeAt } from "./resume.ts";

const memory = () => {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
};

test("goes on where the viewer stopped", () => {
  const storage = memory();
  remember("a", 61.7, 600, storage);
  remember("b", 30, 600, storage);
  expect([resumeAt("a", storage), resumeAt("b", storage), resumeAt("c", storage)]).toEqual([
    61, 30, 0,
  ]);
});

test("a film seen to the end, or barely begun, starts from the beginning", () => {
  const storage = memory();
  remember("a", 300, 600, storage);
  remember("a", 595, 600, storage);
  expect(resumeAt("a", storage)).toBe(0);
  remember("a", 5, 600, storage);
  expect(resumeAt("a", storage)).toBe(0);
});

test("broken storage is no obstacle", () => {
  const storage = { getItem: () => "{not json" };
  expect(resumeAt("a", storage)).toBe(0);
});
