import { expect, test } from "vitest";
import { MATURITY_LIMITS, MATURITY_RATINGS } from "../contract/maturity-ratings.ts";
import { isWithinLimit, ratingsWithin } from "./maturity.ts";

test("a maturity limit admits ratings up to it and excludes unrated videos", () => {
  expect(MATURITY_LIMITS.map(ratingsWithin)).toEqual([
    ["all"],
    ["all", "7"],
    ["all", "7", "12"],
    ["all", "7", "12", "16"],
  ]);
  for (const limit of MATURITY_LIMITS) {
    for (const maturityRating of MATURITY_RATINGS)
      expect(isWithinLimit(limit, { maturityRating })).toBe(
        ratingsWithin(limit).includes(maturityRating),
      );
    expect(isWithinLimit(limit, { maturityRating: null })).toBe(false);
  }
  expect(isWithinLimit(null, { maturityRating: null })).toBe(true);
});
