import { expect, test } from "vitest";
import { startLevelOf } from "./start-level.ts";

const LEVELS = [300_000, 900_000, 2_500_000, 5_000_000].map((bitrate) => ({ bitrate }));

test.each([
  ["an unknown connection starts small", 2_000_000, 3, 0],
  ["10 Mbit/s start in the middle", 10_000_000, 3, 1],
  ["a fast connection starts with the best", 100_000_000, 3, 3],
  ["what is larger than the player is left out", 100_000_000, 2, 2],
  ["the slowest connection starts with the smallest", 50_000, 3, 0],
])("%s", (_name, bandwidth, maxLevel, level) => {
  expect(startLevelOf(LEVELS, bandwidth, maxLevel)).toBe(level);
});
