import { expect, test } from "vitest";
import type { Visibility } from "../contract/videos.ts";
import { type Schedule, scheduleFault } from "./schedule.ts";

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

test.each<[string, Visibility, Partial<Schedule>, string | undefined]>([
  ["a private video is published later", "private", { publishAt: NOW + HOUR_MS }, undefined],
  ["a public video is not", "public", { publishAt: NOW + HOUR_MS }, "publishAt"],
  ["a time in the past", "private", { publishAt: NOW }, "publishAt"],
  ["a time in another century", "private", { publishAt: NOW + 1e13 }, "publishAt"],
  ["a public video ends", "public", { unpublishAt: NOW + HOUR_MS }, undefined],
  ["a private one has nothing to end", "private", { unpublishAt: NOW + HOUR_MS }, "unpublishAt"],
  ["a window", "private", { publishAt: NOW + 1, unpublishAt: NOW + 2 }, undefined],
  [
    "a window that ends first",
    "private",
    { publishAt: NOW + 2, unpublishAt: NOW + 1 },
    "unpublishAt",
  ],
  ["no schedule any more", "public", { publishAt: null, unpublishAt: null }, undefined],
])("%s", (_, visibility, changed, field) => {
  const after = { visibility, publishAt: null, unpublishAt: null, ...changed };
  expect(scheduleFault(after, changed, NOW)?.field).toBe(field);
});

test("a scheduled time that has passed does not block other changes", () => {
  const after = { visibility: "private" as const, publishAt: NOW - 1, unpublishAt: null };
  expect(scheduleFault(after, {}, NOW)).toBeNull();
});
